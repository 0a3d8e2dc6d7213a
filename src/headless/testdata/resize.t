The resources of a running container can be changed in place: the node gives what it has, and says so where it has not.

  $ lab topology basic --seed 5
  $ kubectl apply -f - <<XX
  > apiVersion: v1
  > kind: Pod
  > metadata: {name: web}
  > spec:
  >   nodeName: worker-1
  >   containers:
  >   - name: web
  >     image: nginx:1.27
  >     resources: {requests: {cpu: 500m, memory: 64Mi}, limits: {cpu: "1", memory: 128Mi}}
  > XX
  pod/web created
  $ kubectl wait --for=condition=Ready pod/web --timeout=30s
  pod/web condition met
  $ kubectl patch pod web -p '{"spec":{"containers":[{"name":"web","resources":{"requests":{"cpu":"600m"}}}]}}' 2>&1 | head -n 1
  The Pod "web" is invalid: spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)
  $ kubectl patch pod web -p '{"spec":{"containers":[{"name":"web","resources":{"requests":{"cpu":"600m"}}}]}}' 2>&1 | grep '^[-+] '
  - \t\t\t\t\ts"cpu":    {i: resource.int64Amount{value: 500, scale: -3}, s: "500m", Format: "DecimalSI"}, (esc)
  + \t\t\t\t\ts"cpu":    {i: resource.int64Amount{value: 600, scale: -3}, s: "600m", Format: "DecimalSI"}, (esc)
  $ kubectl patch pod web --subresource=resize -p '{"spec":{"containers":[{"name":"web","resources":{"requests":{"cpu":"700m"},"limits":{"cpu":"2"}}}]}}'
  pod/web patched
  $ lab wait 2s
  $ kubectl get pod web -o jsonpath='{.spec.containers[0].resources}{"\n"}{.status.containerStatuses[0].resources}{"\n"}{.status.containerStatuses[0].allocatedResources}{"\n"}{.status.containerStatuses[0].restartCount}{"\n"}'
  {"limits":{"cpu":"2","memory":"128Mi"},"requests":{"cpu":"700m","memory":"64Mi"}}
  {"limits":{"cpu":"2","memory":"128Mi"},"requests":{"cpu":"700m","memory":"64Mi"}}
  {"cpu":"700m","memory":"64Mi"}
  0
  $ kubectl patch pod web --subresource=resize -p '{"spec":{"containers":[{"name":"web","resources":{"requests":{"cpu":"9"},"limits":{"cpu":"9"}}}]}}'
  pod/web patched
  $ lab wait 2s
  $ kubectl get pod web -o jsonpath='{.spec.containers[0].resources}{"\n"}{.status.containerStatuses[0].resources}{"\n"}{.status.conditions[?(@.type=="PodResizePending")]}{"\n"}'
  {"limits":{"cpu":"9","memory":"128Mi"},"requests":{"cpu":"9","memory":"64Mi"}}
  {"limits":{"cpu":"2","memory":"128Mi"},"requests":{"cpu":"700m","memory":"64Mi"}}
  \{"lastProbeTime":null,"lastTransitionTime":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ","message":"Node didn't have enough capacity: cpu, requested: 9000, capacity: 4000","reason":"Infeasible","status":"True","type":"PodResizePending"\} (re)
  $ kubectl patch pod web --subresource=resize -p '{"spec":{"containers":[{"name":"web","resources":{"requests":{"cpu":"500m"},"limits":{"cpu":"1"}}}]}}'
  pod/web patched
  $ lab wait 2s
  $ kubectl get pod web -o jsonpath='{.status.containerStatuses[0].resources}{"\n"}{.status.conditions[?(@.type=="PodResizePending")]}{"\n"}'
  {"limits":{"cpu":"1","memory":"128Mi"},"requests":{"cpu":"500m","memory":"64Mi"}}
  
  $ kubectl patch pod web --subresource=resize -p '{"spec":{"containers":[{"name":"web","resources":{"limits":{"memory":"64Mi"}}}]}}'
  The Pod "web" is invalid: spec.containers[0].resources.limits[memory]: Forbidden: memory limits cannot be decreased unless resizePolicy is RestartContainer
  [1]
  $ kubectl patch pod web --subresource=resize -p '{"spec":{"containers":[{"name":"web","resources":{"requests":{"cpu":"1","memory":"128Mi"},"limits":{"cpu":"1","memory":"128Mi"}}}]}}'
  The Pod "web" is invalid: spec: Invalid value: "Burstable": Pod QOS Class may not change as a result of resizing
  [1]

Where others hold what it wants, a resize waits until they are gone.

  $ kubectl run other --image=nginx:1.27 --overrides='{"spec": {"nodeName": "worker-1", "containers": [{"name": "other", "image": "nginx:1.27", "resources": {"requests": {"cpu": "3"}}}]}}'
  pod/other created
  $ lab wait 3s
  $ kubectl patch pod web --subresource=resize -p '{"spec":{"containers":[{"name":"web","resources":{"requests":{"cpu":"2"},"limits":{"cpu":"2"}}}]}}'
  pod/web patched
  $ lab wait 2s
  $ kubectl get pod web -o jsonpath='{.status.conditions[?(@.type=="PodResizePending")].reason}{" "}{.status.containerStatuses[0].allocatedResources.cpu}{"\n"}'
  Deferred 500m
  $ kubectl delete pod other --now
  pod "other" deleted
  $ lab wait 70s
  $ kubectl get pod web -o jsonpath='{.status.conditions[?(@.type=="PodResizePending")].reason}{" "}{.status.containerStatuses[0].allocatedResources.cpu}{"\n"}'
   2
  $ lab check
