A drain evicts pods, and an eviction asks the disruption budget. Three web servers, of which two must stay.

  $ lab topology basic --seed 9
  $ cat > web.yaml <<END
  > apiVersion: apps/v1
  > kind: Deployment
  > metadata:
  >   name: web
  > spec:
  >   replicas: 3
  >   selector:
  >     matchLabels: {app: web}
  >   template:
  >     metadata:
  >       labels: {app: web}
  >     spec:
  >       nodeSelector: {kubernetes.io/hostname: worker-1}
  >       containers:
  >       - name: nginx
  >         image: nginx:1.27
  >         readinessProbe:
  >           httpGet: {path: /, port: 80}
  >           initialDelaySeconds: 8
  > ---
  > apiVersion: policy/v1
  > kind: PodDisruptionBudget
  > metadata:
  >   name: web
  > spec:
  >   minAvailable: 2
  >   selector:
  >     matchLabels: {app: web}
  > END
  $ kubectl apply -f web.yaml
  deployment.apps/web created
  poddisruptionbudget.policy/web created
  $ kubectl rollout status deploy/web --timeout=60s > /dev/null
  $ lab wait 1s
  $ kubectl get pdb web
  NAME   MIN AVAILABLE   MAX UNAVAILABLE   ALLOWED DISRUPTIONS   AGE
  web    2               N/A               1                     11s

All of them run on worker-1 and may run nowhere else. One can be spared; the next has to wait for a replacement that does
not come, and the drain tries again every five seconds.

  $ kubectl drain worker-1 --ignore-daemonsets --timeout=12s > drain.txt 2>&1
  [1]
  $ grep -v 'kube-system\|coredns' drain.txt | sed 's/web-[a-z0-9-]*/POD/g' | sort -u
   worker-1
  error when evicting pods/"POD" -n "default" (will retry after 5s): Cannot evict pod as it would violate the pod's disruption budget.
  error when evicting pods/"POD" -n "default": global timeout reached: 12s
  error: unable to drain node "worker-1" due to error: [error when evicting pods/"POD" -n "default": global timeout reached: 12s, error when evicting pods/"POD" -n "default": global timeout reached: 12s], continuing command...
  evicting pod default/POD
  node/worker-1 cordoned
  pod/POD evicted
  There are pending nodes to be drained:
  $ kubectl get pdb web -o jsonpath='{.status.currentHealthy} {.status.desiredHealthy} {.status.disruptionsAllowed} {.status.conditions[0].reason}{"\n"}'
  2 2 0 InsufficientPods
  $ kubectl get pods -l app=web --no-headers | awk '{print $2, $3}' | sort
  0/1 Pending
  1/1 Running
  1/1 Running

Where pods may go elsewhere the drain gets through: each eviction waits until the one before it is replaced.

  $ kubectl uncordon worker-1
  node/worker-1 uncordoned
  $ kubectl patch deploy web --type=json -p '[{"op": "remove", "path": "/spec/template/spec/nodeSelector"}]'
  deployment.apps/web patched
  $ kubectl rollout status deploy/web --timeout=120s > /dev/null
  $ lab wait 1s
  $ node=$(kubectl get pods -l app=web -o jsonpath='{.items[0].spec.nodeName}')
  $ kubectl drain $node --ignore-daemonsets > drain.txt 2>&1
  $ grep drained drain.txt | sed "s/$node/NODE/"
  node/NODE drained
  $ kubectl get pods -l app=web -o wide --no-headers | grep -c $node
  0
  [1]
  $ kubectl wait --for=condition=Available deploy/web --timeout=60s
  deployment.apps/web condition met
  $ lab check
