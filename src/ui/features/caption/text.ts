/** Words of the caption. */
export const text = { label: "What is happening", paused: "Paused", nothing: "Nothing is on its way." };
