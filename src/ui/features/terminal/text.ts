/** Words of the terminal. */
export const text = {
  output: "Terminal output",
  input: "Terminal input",
  welcome: "kubectl, etcdctl, ssh and lab are here. Tab completes; try: kubectl get pods -A\n",
  larger: "Larger text",
  smaller: "Smaller text",
  clear: "Clear (Ctrl+L)",
  stop: "Stop (Ctrl+C)",
  waiting: (virtual: string, real: string) => `virtual ${virtual} · real ${real}`,
  paused: "time is paused: press play",
  search: (query: string) => `(reverse-i-search)'${query}': `,
  tooLong: "That is more than a command line can take: put it into the editor instead.\n",
  killed: "The shell did not stop, so it was started anew. Variables are gone; files that were saved are kept.\n",
  failed: (reason: string) => `The shell cannot start: ${reason}\n`,
  starting: "starting the shell",
};
