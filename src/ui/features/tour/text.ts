/** Words of the invitations, the offer to resume, and the tour. */
export const text = {
  invitations: "Where to begin",
  deploy: "Deploy something",
  deployHint: "three web servers",
  break: "Break something",
  breakHint: "stop the scheduler",
  tour: "Take the tour",
  tourHint: "one minute",
  dismiss: "Later",
  resume: (topology: string, clock: string, inputs: number) =>
    `Before the reload: cluster ${topology} at ${clock}, ${inputs} ${inputs === 1 ? "input" : "inputs"}.`,
  resumeAction: "Resume it",
  next: "Next",
  back: "Back",
  done: "Done",
  close: "End the tour",
  step: (number: number, of: number) => `${number} of ${of}`,
  welcome: {
    title: "A whole cluster, running in this tab",
    text: "Nothing here is a film: every message was really sent by a component, in virtual time.",
  },
};

export const tourSteps: readonly { readonly target: string; readonly title: string; readonly text: string }[] = [
  {
    target: "[data-machine='laptop']",
    title: "You",
    text: "Your laptop with kubectl. Whatever you type or apply starts here, as a request to the API server.",
  },
  {
    target: "[data-component='kube-apiserver']",
    title: "The door",
    text: "Everyone talks to kube-apiserver and to nobody else. It checks who asks, what they may, and what they want.",
  },
  {
    target: "[data-component='etcd']",
    title: "The memory",
    text: "etcd keeps every object. Only the API server reads and writes it.",
  },
  {
    target: "[data-component='kube-scheduler']",
    title: "The two that watch",
    text: "The scheduler gives each new pod a node. The controller manager makes what is into what should be.",
  },
  {
    target: "[data-machine^='worker']",
    title: "A worker",
    text: "Its kubelet starts the pods that were given to this node, and reports how they are.",
  },
  {
    target: "[data-testid='play']",
    title: "Time is yours",
    text: "Space stops it, the right arrow goes one hop further, and Follow slows down while something you caused is on its way.",
  },
  {
    target: "[data-testid='timeline']",
    title: "Go back",
    text: "Drag to rewind. What you do then starts another branch; the first one stays.",
  },
  {
    target: "#tab-terminal",
    title: "Do something",
    text: "Type kubectl here, or apply a manifest in the editor. Right-click anything on the stage to break it.",
  },
];
