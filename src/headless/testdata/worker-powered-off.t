# A worker loses power

Its kubelet falls silent. After the grace period (50 s) the node is Unknown and tainted; after the toleration (300 s) its
pods are evicted and replaced elsewhere.

  $ lab topology basic --seed 7
  $ kubectl create deployment web --image=nginx:1.27 --replicas=3
  deployment.apps/web created
  $ kubectl rollout status deploy/web | tail -1
  deployment "web" successfully rolled out
  $ kubectl get pods -o wide --no-headers | awk '{print $7}' | sort
  worker-1
  worker-2
  worker-3
  $ lab fail power-off worker-2
  $ lab wait 40s
  $ kubectl get nodes --no-headers | awk '{print $1, $2}'
  control-plane-1 Ready
  worker-1 Ready
  worker-2 Ready
  worker-3 Ready
  $ lab wait 20s
  $ kubectl get nodes --no-headers | awk '{print $1, $2}'
  control-plane-1 Ready
  worker-1 Ready
  worker-2 NotReady
  worker-3 Ready
  $ kubectl get node worker-2 -o jsonpath='{range .spec.taints[*]}{.key}:{.effect}{"\n"}{end}'
  node.kubernetes.io/unreachable:NoSchedule
  node.kubernetes.io/unreachable:NoExecute
  $ kubectl get deploy web --no-headers | awk '{print $2, $3, $4}'
  2/3 3 2
  $ lab wait 310s
  $ kubectl get pods -o wide --no-headers | awk '{print $3, $NF, $7}' | sort
  Running <none> worker-1
  Running <none> worker-3
  Running <none> worker-3
  Terminating <none> worker-2
  $ kubectl get deploy web --no-headers | awk '{print $2, $3, $4}'
  3/3 3 3
  $ lab heal
  $ lab until 120s 'test $(kubectl get nodes --no-headers | grep -cw Ready) -eq 4'
  $ lab until 120s 'test $(kubectl get pods --no-headers | wc -l) -eq 3'
  $ lab check
