How many pods a PodDisruptionBudget can spare is counted as pods come, become ready and go.

  $ lab topology basic --seed 5
  $ kubectl create deployment web --image=nginx:1.27 --replicas=3
  deployment.apps/web created
  $ kubectl rollout status deploy/web --timeout=60s > /dev/null
  $ kubectl create poddisruptionbudget web --selector=app=web --min-available=2
  poddisruptionbudget.policy/web created
  $ lab wait 1s
  $ kubectl get pdb web
  NAME   MIN AVAILABLE   MAX UNAVAILABLE   ALLOWED DISRUPTIONS   AGE
  web    2               N/A               1                     1s
  $ kubectl get pdb web -o jsonpath='{.status}{"\n"}' | jq -c .
  \{"conditions":\[\{"lastTransitionTime":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ","message":"","observedGeneration":1,"reason":"SufficientPods","status":"True","type":"DisruptionAllowed"\}\],"currentHealthy":3,"desiredHealthy":2,"disruptionsAllowed":1,"expectedPods":3,"observedGeneration":1\} (re)

A percentage is taken of what the Deployment wants, rounded up.

  $ kubectl create poddisruptionbudget share --selector=app=web --max-unavailable=50%
  poddisruptionbudget.policy/share created
  $ lab wait 1s
  $ kubectl get pdb share -o jsonpath='{.status.expectedPods} {.status.desiredHealthy} {.status.disruptionsAllowed}{"\n"}'
  3 1 2
  $ kubectl scale deploy/web --replicas=7
  deployment.apps/web scaled
  $ lab wait 15s
  $ kubectl get pdb share -o jsonpath='{.status.expectedPods} {.status.desiredHealthy} {.status.disruptionsAllowed}{"\n"}'
  7 3 4

Nothing may be disrupted where pods cannot be counted, and the budget says why.

  $ kubectl create poddisruptionbudget proxies -n kube-system --selector=k8s-app=kube-proxy --max-unavailable=1
  poddisruptionbudget.policy/proxies created
  $ lab wait 1s
  $ kubectl get pdb -n kube-system proxies -o jsonpath='{.status.disruptionsAllowed} {.status.conditions[0].reason} {.status.conditions[0].message}{"\n"}'
  0 SyncFailed daemonsets.apps does not implement the scale subresource
  $ kubectl get events -n kube-system --field-selector involvedObject.name=proxies -o jsonpath='{range .items[*]}{.type} {.reason} {.source.component} {.message}{"\n"}{end}'
  Warning CalculateExpectedPodCountFailed controllermanager Failed to calculate the number of expected pods: daemonsets.apps does not implement the scale subresource

A budget that selects nothing allows nothing.

  $ kubectl create poddisruptionbudget none --selector=app=none --min-available=1
  poddisruptionbudget.policy/none created
  $ lab wait 1s
  $ kubectl get pdb none
  NAME   MIN AVAILABLE   MAX UNAVAILABLE   ALLOWED DISRUPTIONS   AGE
  none   1               N/A               0                     1s
  $ kubectl get events --field-selector involvedObject.name=none -o jsonpath='{range .items[*]}{.type} {.reason} {.message}{"\n"}{end}'
  Normal NoPods No matching pods found

Pods without a controller are counted as they are when the budget is a number, and are told of when it is a share.

  $ kubectl run lone --image=nginx:1.27 --labels=app=lone
  pod/lone created
  $ kubectl create poddisruptionbudget lone --selector=app=lone --max-unavailable=1
  poddisruptionbudget.policy/lone created
  $ lab wait 1s
  $ kubectl get pdb lone -o jsonpath='{.status.expectedPods} {.status.disruptionsAllowed}{"\n"}'
  0 0
  $ kubectl get events --field-selector involvedObject.name=lone,reason=UnmanagedPods -o jsonpath='{.items[0].message}{"\n"}'
  Pods selected by this PodDisruptionBudget (selector: &LabelSelector{MatchLabels:map[string]string{app: lone,},MatchExpressions:[]LabelSelectorRequirement{},}) were found to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.
