/** Words of the caption. */
export const text = {
  label: "What is happening",
  paused: "Paused",
  pausedWhile: (pace: string) => `Paused: ${pace}`,
  nothing: "Nothing is on its way.",
};
