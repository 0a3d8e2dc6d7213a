ReplicationControllers are what ReplicaSets were before: the same, with a plain selector.

  $ lab topology basic --seed 7
  $ kubectl apply -f - <<'EOF'
  > apiVersion: v1
  > kind: ReplicationController
  > metadata:
  >   name: old
  > spec:
  >   replicas: 3
  >   selector: { app: old }
  >   template:
  >     metadata:
  >       labels: { app: old }
  >     spec:
  >       containers:
  >       - name: nginx
  >         image: nginx:1.27
  > EOF
  replicationcontroller/old created
  $ lab wait 5s
  $ kubectl get rc -o wide
  NAME   DESIRED   CURRENT   READY   AGE   CONTAINERS   IMAGES       SELECTOR
  old    3         3         3       5s    nginx        nginx:1.27   app=old
  $ kubectl get pods --no-headers | awk '{print $2, $3}'
  1/1 Running
  1/1 Running
  1/1 Running
  $ kubectl get pods -o jsonpath='{range .items[*]}{.metadata.ownerReferences[0].kind}/{.metadata.ownerReferences[0].name}{"\n"}{end}'
  ReplicationController/old
  ReplicationController/old
  ReplicationController/old
  $ kubectl get events --field-selector involvedObject.kind=ReplicationController -o custom-columns=TYPE:.type,REASON:.reason,FROM:.source.component --no-headers
  Normal   SuccessfulCreate   replication-controller
  Normal   SuccessfulCreate   replication-controller
  Normal   SuccessfulCreate   replication-controller
  $ kubectl scale rc old --replicas=2
  replicationcontroller/old scaled
  $ lab wait 3s
  $ kubectl get rc old --no-headers | awk '{print $2, $3, $4}'
  2 2 2

A pod whose label changes is let go and replaced; one that gets the label is adopted, here as one too many.

  $ kubectl label pod $(kubectl get pods -o jsonpath='{.items[0].metadata.name}') app=new --overwrite > /dev/null
  $ lab wait 3s
  $ kubectl get pods -L app --no-headers | awk '{print $3, $6}' | sort
  Running new
  Running old
  Running old
  $ kubectl run stray --image=nginx:1.27 --labels=app=old
  pod/stray created
  $ lab wait 3s
  $ kubectl get pods -l app=old --no-headers | wc -l
  2
  $ kubectl delete rc old --cascade=orphan
  replicationcontroller "old" deleted
  $ lab wait 3s
  $ kubectl get pods -l app=old -o jsonpath='{.items[*].metadata.ownerReferences}'
  $ kubectl get pods -l app=old --no-headers | wc -l
  2
  $ lab check
