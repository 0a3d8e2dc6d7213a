/** What each component is: a sentence for everybody, more on demand, and commands that show it. */
export interface About {
  readonly what: string;
  readonly more: string;
  readonly commands: readonly string[];
}

export const ABOUT: Readonly<Record<string, About>> = {
  kubectl: {
    what: "Your own machine with kubectl: everything that you ask of the cluster leaves here as an HTTPS request.",
    more: "kubectl reads ~/.kube/config to learn where the API server is and who you are. It knows nothing that the API server does not tell it.",
    commands: ["kubectl get nodes", "kubectl cluster-info", "kubectl config view"],
  },
  "kube-apiserver": {
    what: "The only door to the cluster: every request comes here, is checked, and is written to etcd.",
    more: "It asks in this order: who are you (authentication), may you (authorization), should it be changed or refused (admission), is it valid (validation). It is the only component that talks to etcd; all others watch it.",
    commands: ["kubectl get --raw /readyz?verbose", "kubectl api-resources"],
  },
  etcd: {
    what: "The cluster's memory: a replicated key-value store that agrees on every write by Raft.",
    more: "One member leads; a write is done when a majority has it on disk. Without a majority there is no write and no up-to-date read.",
    commands: [
      "ssh control-plane-1 etcdctl endpoint status -w table",
      "ssh control-plane-1 etcdctl get /registry --prefix --keys-only",
    ],
  },
  "kube-scheduler": {
    what: "Chooses a node for every pod that has none: first it filters, then it scores.",
    more: "It does not start anything. It writes the name of the node into the pod; the kubelet of that node does the rest.",
    commands: [
      "kubectl get events --field-selector reason=FailedScheduling",
      "kubectl get lease kube-scheduler -n kube-system",
    ],
  },
  "kube-controller-manager": {
    what: "Loops that compare what should be with what is, and act on the difference.",
    more: "Deployment, ReplicaSet, StatefulSet, DaemonSet, Job, CronJob, node lifecycle, endpoints, garbage collector and others share one process. Of several instances one leads, by a Lease.",
    commands: ["kubectl get lease kube-controller-manager -n kube-system", "kubectl get rs,deploy -A"],
  },
  kubelet: {
    what: "The agent on every machine: it runs the pods that are bound to its node, and reports how they are.",
    more: "It renews a Lease every 10 s. It starts the control plane too, from files in /etc/kubernetes/manifests. It goes on without the API server with what it knows.",
    commands: ["ssh worker-1 systemctl status kubelet", "ssh worker-1 cat /var/lib/kubelet/config.yaml"],
  },
  containerd: {
    what: "The container runtime: pulls images, makes sandboxes, starts and stops containers for the kubelet.",
    more: "The kubelet talks to it over CRI. Containers survive when it restarts.",
    commands: ["ssh worker-1 crictl ps", "ssh worker-1 crictl images"],
  },
  "kube-proxy": {
    what: "Writes the machine's packet rules, so that a Service's address leads to one of its pods.",
    more: "It watches Services and EndpointSlices. If it stops, the rules stay as they are.",
    commands: ["ssh worker-1 iptables -t nat -L KUBE-SERVICES -n"],
  },
  "load-balancer": {
    what: "One address for several API servers: it asks each for /readyz every 2 s and sends connections to those that are well.",
    more: "After three failed checks a server is taken out.",
    commands: ["kubectl cluster-info"],
  },
  "image-registry": {
    what: "Where images come from: the nodes' runtimes pull them from here over a link of limited speed.",
    more: "Images that are on a node already start without it.",
    commands: ["ssh worker-1 crictl images"],
  },
};
