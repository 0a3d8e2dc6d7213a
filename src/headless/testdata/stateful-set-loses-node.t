A StatefulSet must never run two pods of one name. When a node is lost, nobody knows whether its pod still runs.

  $ lab topology basic --seed 7
  $ kubectl apply -f - <<'EOF'
  > apiVersion: apps/v1
  > kind: StatefulSet
  > metadata:
  >   name: db
  > spec:
  >   replicas: 3
  >   selector:
  >     matchLabels: { app: db }
  >   template:
  >     metadata:
  >       labels: { app: db }
  >     spec:
  >       containers:
  >       - name: nginx
  >         image: nginx:1.27
  > EOF
  statefulset.apps/db created
  $ kubectl rollout status sts/db | tail -1
  partitioned roll out complete: 3 new pods have been updated...
  $ NODE=$(kubectl get pod db-1 -o jsonpath='{.spec.nodeName}')
  $ lab fail power-off $NODE
  $ lab wait 60s
  $ kubectl get nodes --no-headers | awk '{print $2}' | sort | uniq -c
     1 NotReady
     3 Ready
  $ kubectl get pods --no-headers | awk '{print $1, $2, $3}'
  db-0 1/1 Running
  db-1 1/1 Running
  db-2 1/1 Running
  $ kubectl get sts db --no-headers
  db    2/3   66s

After five minutes its pod is to go. It is marked, but only its kubelet can say that it has ended.

  $ lab wait 6m
  $ kubectl get pods --no-headers | awk '{print $1, $2, $3}'
  db-0 1/1 Running
  db-1 1/1 Terminating
  db-2 1/1 Running
  $ lab wait 30m
  $ kubectl get pods --no-headers | awk '{print $1, $2, $3}'
  db-0 1/1 Running
  db-1 1/1 Terminating
  db-2 1/1 Running

An operator who knows that the machine is off says so with a taint; then the pod is replaced.

  $ kubectl taint nodes $NODE node.kubernetes.io/out-of-service=nodeshutdown:NoExecute > /dev/null
  $ lab wait 40s
  $ kubectl get pods --no-headers | awk '{print $1, $2, $3}'
  db-0 1/1 Running
  db-1 1/1 Running
  db-2 1/1 Running
  $ test "$(kubectl get pod db-1 -o jsonpath='{.spec.nodeName}')" != $NODE
  $ kubectl get sts db --no-headers | awk '{print $2}'
  3/3

When it is back, it finds that its pod is not its own any more.

  $ lab heal
  $ lab until 120s "kubectl wait --for=condition=Ready node/$NODE --timeout=0s"
  $ kubectl taint nodes $NODE node.kubernetes.io/out-of-service- > /dev/null
  $ kubectl get pods --no-headers | awk '{print $1, $2, $3}'
  db-0 1/1 Running
  db-1 1/1 Running
  db-2 1/1 Running

Without that knowledge pods can be deleted by force, at the operator's own risk.

  $ NODE=$(kubectl get pod db-2 -o jsonpath='{.spec.nodeName}')
  $ lab fail power-off $NODE
  $ lab wait 7m
  $ kubectl get pod db-2 --no-headers | awk '{print $1, $3}'
  db-2 Terminating
  $ kubectl delete pod --force $(kubectl get pods --no-headers | awk '/Terminating/ {print $1}') 2>&1 | tail -1
  Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.
  $ lab wait 20s
  $ kubectl get pods --no-headers | awk '{print $1, $2, $3}'
  db-0 1/1 Running
  db-1 1/1 Running
  db-2 1/1 Running
  $ lab check
