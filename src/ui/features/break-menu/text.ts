/** Words of the Break menu. */
export const text = {
  menu: (what: string) => `Break or mend ${what}`,
  nothing: "Nothing can be broken here.",
  mend: (label: string) => `Mend: ${label}`,
  broken: "Broken",
  nothingBroken: "Nothing is broken",
  brokenCount: (count: number) => `${count} broken`,
  mendAll: "Mend everything",
  undo: "Undo the last break",
  parameters: (label: string) => `${label}: how much?`,
  break: "Break",
  cancel: "Cancel",
  howTo: "Right-click anything on the stage to break it, or press B.",
};
