/** Words of the events panel. */
export const text = {
  title: "Events",
  none: "No events yet.",
  warningsOnly: "Warnings only",
  columns: ["Last seen", "Type", "Reason", "Object", "Message"],
  times: (count: number) => `× ${count}`,
};
