import { create } from "zustand";
import type { Notice } from "../../protocol/updates.ts";

export interface ShownNotice extends Notice {
  readonly action?: { readonly label: string; readonly run: () => void };
}

/** What the page has to tell the person, newest last. */
export const useNotices = create<{ readonly notices: readonly ShownNotice[] }>()(() => ({ notices: [] }));

let made = 0;

export function tell(notice: Omit<ShownNotice, "id"> & { readonly id?: string }): string {
  made += 1;
  const id = notice.id ?? `page-${made}`;
  useNotices.setState(({ notices }) => ({
    notices: [...notices.filter((other) => other.id !== id), { ...notice, id }].slice(-4),
  }));
  return id;
}

export function dismiss(id: string): void {
  useNotices.setState(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) }));
}
