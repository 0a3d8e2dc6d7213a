import type { Program } from "../doors.ts";

/** Nodes have no Docker since Kubernetes 1.24: who types it is told what to type instead. */
export const docker: Program = async (context) => {
  const instead: Readonly<Record<string, string>> = { ps: "crictl ps", images: "crictl images", logs: "crictl logs" };
  const hint = instead[context.args[0] ?? ""];
  const where = context.machine === null ? "on a node (ssh worker-1), " : "";
  context.err.write(
    `bash: docker: command not found\nHint: kubelets speak to containerd; ${where}use ${hint ? `"${hint}"` : "crictl"}.\n`,
  );
  return 127;
};
