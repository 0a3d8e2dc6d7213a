Where pods go that care about zones, about each other, and about GPUs. The workers of this cluster are in three zones:

  $ lab topology ha --seed 3
  $ kubectl get nodes -L topology.kubernetes.io/zone --no-headers | awk '/worker/ {print $1, $6}'
  worker-1 zone-a
  worker-2 zone-b
  worker-3 zone-c
  worker-4 zone-a
  worker-5 zone-b

Evenly over the zones, and nowhere else:

  $ cat <<'YAML' | kubectl apply -f -
  > apiVersion: apps/v1
  > kind: Deployment
  > metadata: {name: even}
  > spec:
  >   replicas: 6
  >   selector: {matchLabels: {app: even}}
  >   template:
  >     metadata: {labels: {app: even}}
  >     spec:
  >       topologySpreadConstraints:
  >       - maxSkew: 1
  >         topologyKey: topology.kubernetes.io/zone
  >         whenUnsatisfiable: DoNotSchedule
  >         labelSelector: {matchLabels: {app: even}}
  >       containers:
  >       - {name: web, image: nginx:1.27}
  > YAML
  deployment.apps/even created
  $ lab until 60s 'kubectl wait --for=condition=Available deploy/even --timeout=0s'
  $ cat > by-zone.sh <<'SH'
  > for node in $(kubectl get pods -l app=$1 -o jsonpath='{.items[*].spec.nodeName}'); do
  >   kubectl get node $node -o jsonpath='{.metadata.labels.topology\.kubernetes\.io/zone}{"\n"}'
  > done | sort | uniq -c
  > SH
  $ bash by-zone.sh even
     2 zone-a
     2 zone-b
     2 zone-c

With zone-b cordoned, the other two get one more each. The ninth has to wait, since zone-b still counts and has the fewest:

  $ kubectl cordon -l topology.kubernetes.io/zone=zone-b
  node/control-plane-2 cordoned
  node/worker-2 cordoned
  node/worker-5 cordoned
  $ kubectl scale deploy even --replicas=9
  deployment.apps/even scaled
  $ lab wait 5s
  $ kubectl get pods -l app=even --no-headers | awk '{print $3}' | sort | uniq -c
     1 Pending
     8 Running
  $ kubectl get events --field-selector reason=FailedScheduling -o jsonpath='{range .items[*]}{.message}{"\n"}{end}' | sort -u
  0/8 nodes are available: 2 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 3 node(s) didn't match pod topology spread constraints, 3 node(s) were unschedulable. preemption: 0/8 nodes are available: 3 No preemption victims found for incoming pod, 5 Preemption is not helpful for scheduling.

It goes at once when the zone is open again:

  $ kubectl uncordon -l topology.kubernetes.io/zone=zone-b
  node/control-plane-2 uncordoned
  node/worker-2 uncordoned
  node/worker-5 uncordoned
  $ lab wait 5s
  $ bash by-zone.sh even
     3 zone-a
     3 zone-b
     3 zone-c

One pod per node, more than there are nodes:

  $ cat <<'YAML' | kubectl apply -f -
  > apiVersion: apps/v1
  > kind: Deployment
  > metadata: {name: alone}
  > spec:
  >   replicas: 6
  >   selector: {matchLabels: {app: alone}}
  >   template:
  >     metadata: {labels: {app: alone}}
  >     spec:
  >       affinity:
  >         podAntiAffinity:
  >           requiredDuringSchedulingIgnoredDuringExecution:
  >           - topologyKey: kubernetes.io/hostname
  >             labelSelector: {matchLabels: {app: alone}}
  >       containers:
  >       - {name: web, image: nginx:1.27}
  > YAML
  deployment.apps/alone created
  $ lab wait 20s
  $ kubectl get pods -l app=alone -o wide --no-headers | awk '{print $3, $7}' | sort
  Pending <none>
  Running worker-1
  Running worker-2
  Running worker-3
  Running worker-4
  Running worker-5
  $ kubectl get pods -l app=alone --field-selector status.phase=Pending -o jsonpath='{.items[0].status.conditions[?(@.type=="PodScheduled")].message}{"\n"}'
  0/8 nodes are available: 3 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 5 node(s) didn't match pod anti-affinity rules. preemption: 0/8 nodes are available: 3 Preemption is not helpful for scheduling, 5 No preemption victims found for incoming pod.

Others may not want it near either: the pods that are there speak, too.

  $ kubectl run alone-too --image=nginx:1.27 --labels=app=alone
  pod/alone-too created
  $ lab wait 5s
  $ kubectl get pod alone-too -o jsonpath='{.status.conditions[?(@.type=="PodScheduled")].message}{"\n"}'
  0/8 nodes are available: 3 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 5 node(s) didn't satisfy existing pods anti-affinity rules. preemption: 0/8 nodes are available: 3 Preemption is not helpful for scheduling, 5 No preemption victims found for incoming pod.
  $ kubectl delete pod alone-too
  pod "alone-too" deleted
  $ kubectl delete deploy alone
  deployment.apps "alone" deleted
  $ lab wait 40s

Where a pod goes, its friend goes:

  $ kubectl run cache --image=redis:7 --labels=app=cache
  pod/cache created
  $ lab wait 10s
  $ kubectl run friend --image=nginx:1.27 --overrides='{"spec": {"affinity": {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [{"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"app": "cache"}}}]}}}}'
  pod/friend created
  $ kubectl run lonely --image=nginx:1.27 --overrides='{"spec": {"affinity": {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [{"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"app": "nobody"}}}]}}}}'
  pod/lonely created
  $ lab wait 5s
  $ test "$(kubectl get pod cache -o jsonpath='{.spec.nodeName}')" = "$(kubectl get pod friend -o jsonpath='{.spec.nodeName}')" && echo together
  together
  $ kubectl get pod lonely -o jsonpath='{.status.conditions[?(@.type=="PodScheduled")].message}{"\n"}'
  0/8 nodes are available: 3 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 5 node(s) didn't match pod affinity rules. preemption: 0/8 nodes are available: 8 Preemption is not helpful for scheduling.

Two nodes have a GPU each. The third who wants one waits until another is done:

  $ kubectl get node worker-4 -o jsonpath='{.status.allocatable.nvidia\.com/gpu}{"\n"}'
  1
  $ for i in 1 2 3; do kubectl run train-$i --image=nginx:1.27 --overrides='{"spec": {"containers": [{"name": "train", "image": "nginx:1.27", "resources": {"limits": {"nvidia.com/gpu": "1"}}}]}}'; done
  pod/train-1 created
  pod/train-2 created
  pod/train-3 created
  $ lab wait 10s
  $ kubectl get pods --no-headers -o wide | awk '/train/ {print $1, $3, $7}'
  train-1 Running worker-[45] (re)
  train-2 Running worker-[45] (re)
  train-3 Pending <none>
  $ kubectl get pod train-3 -o jsonpath='{.status.conditions[?(@.type=="PodScheduled")].message}{"\n"}'
  0/8 nodes are available: 3 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 5 Insufficient nvidia.com/gpu. preemption: 0/8 nodes are available: 3 Preemption is not helpful for scheduling, 5 No preemption victims found for incoming pod.
  $ kubectl delete pod train-1
  pod "train-1" deleted
  $ lab wait 10s
  $ kubectl get pods --no-headers -o wide | awk '/train/ {print $1, $3, $7}'
  train-2 Running worker-[45] (re)
  train-3 Running worker-[45] (re)
  $ lab check
