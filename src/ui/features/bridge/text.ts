/** Words of the menu of a real kubectl. */
export const text = {
  label: "kubectl",
  title: {
    here: "Use your own kubectl",
    elsewhere: "Your kubectl reaches another tab",
    lost: "The local server is away",
  },
  state: {
    here: "Your own kubectl reaches this cluster. Type in any terminal:",
    elsewhere: "A newer session in another tab answers your kubectl:",
    lost: "The local server is away: start it again with npm start.",
  },
  copy: "Copy the command",
  copied: "The command is copied.",
  download: "Download the kubeconfig",
};
