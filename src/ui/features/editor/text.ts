/** Words of the editor. */
export const text = {
  editor: "Manifest editor",
  apply: "Apply",
  applyTitle: "kubectl apply -f - (Ctrl+Enter)",
  applying: "Applying",
  examples: "Examples",
  save: "Save and close",
  saveTitle: "Hand it to the command that waits in the terminal (Ctrl+Enter)",
  leave: "Leave unchanged",
  waiting: (path: string) => `kubectl in the terminal waits for ${path}`,
  loading: "Loading the editor",
  applied: "Answer",
  empty: "There is nothing to apply: write a manifest, or take an example.",
  tooLong: "That is more than 3 MB, which no API server accepts.",
  failed: (reason: string) => `The shell cannot start: ${reason}`,
};
