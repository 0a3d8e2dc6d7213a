/** Words of the notices. */
export const text = { region: "Notices", dismiss: "Dismiss", details: "Details" };
