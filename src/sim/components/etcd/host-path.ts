import type { ProgramArgs } from "../container-runtime/messages.ts";

/** What a container sees of its machine's disk; null: not in a container, everything. */
export type Mounts = {
  readonly rootfs: string;
  readonly paths: readonly { readonly path: string; readonly hostPath: string }[];
} | null;

export function mountsOf({ rootfs, container }: Pick<ProgramArgs, "rootfs" | "container">): Mounts {
  const paths = container.mounts.flatMap(({ path, hostPath: on }) =>
    on === undefined ? [] : [{ path, hostPath: on }],
  );
  return Object.freeze({ rootfs, paths: Object.freeze(paths) });
}

/** Where a path of a program's is on its machine's disk. */
export function hostPath(mounts: Mounts, path: string): string {
  if (mounts === null) return path;
  let best: { readonly path: string; readonly hostPath: string } | null = null;
  for (const mount of mounts.paths) {
    const covers = path === mount.path || path.startsWith(`${mount.path.replace(/\/$/, "")}/`);
    if (covers && mount.path.length >= (best?.path.length ?? 0)) best = mount;
  }
  return best === null ? `${mounts.rootfs}${path}` : `${best.hostPath}${path.slice(best.path.length)}`;
}
