A ResourceQuota bounds what a namespace may ask for. What was there before it counts, too.

  $ lab topology basic --seed 3
  $ kubectl create namespace team
  namespace/team created
  $ kubectl create deployment web -n team --image=nginx:1.27 --replicas=2
  deployment.apps/web created
  $ kubectl set resources -n team deploy/web --requests=cpu=200m,memory=128Mi
  deployment.apps/web resource requirements updated
  $ kubectl rollout status -n team deploy/web --timeout=60s > /dev/null
  $ lab wait 5s
  $ kubectl create quota team -n team --hard=requests.cpu=1,requests.memory=1Gi,pods=6,services=1,count/deployments.apps=2
  resourcequota/team created
  $ lab wait 1s
  $ kubectl get quota -n team team -o jsonpath='{.status}{"\n"}' | jq -S -c .
  {"hard":{"count/deployments.apps":"2","pods":"6","requests.cpu":"1","requests.memory":"1Gi","services":"1"},"used":{"count/deployments.apps":"1","pods":"2","requests.cpu":"400m","requests.memory":"256Mi","services":"0"}}

A pod that says nothing of what it needs is refused; so is what would be too much, whoever asks.

  $ kubectl run lone -n team --image=nginx:1.27
  Error from server (Forbidden): pods "lone" is forbidden: failed quota: team: must specify requests.cpu for: lone; requests.memory for: lone
  [1]
  $ kubectl scale -n team deploy/web --replicas=7
  deployment.apps/web scaled
  $ lab wait 5s
  $ kubectl get deploy -n team web --no-headers | awk '{print $2}'
  5/7
  $ kubectl get events -n team --field-selector reason=FailedCreate -o jsonpath='{.items[0].message}{"\n"}' | sed 's/web-[a-z0-9-]*/NAME/'
  Error creating: pods "NAME" is forbidden: exceeded quota: team, requested: requests.cpu=200m, used: requests.cpu=1, limited: requests.cpu=1
  $ kubectl get quota -n team team -o jsonpath='{.status.used}{"\n"}' | jq -S -c .
  {"count/deployments.apps":"1","pods":"5","requests.cpu":"1","requests.memory":"640Mi","services":"0"}
  $ kubectl create service clusterip one -n team --tcp=80
  service/one created
  $ kubectl create service clusterip two -n team --tcp=80
  error: failed to create ClusterIP service: services "two" is forbidden: exceeded quota: team, requested: services=1, used: services=1, limited: services=1
  [1]

What is deleted is given back, and the Deployment gets the pods that it waited for once the bounds are wider.

  $ kubectl delete service -n team one
  service "one" deleted
  $ lab wait 1s
  $ kubectl get quota -n team team -o jsonpath='{.status.used.services}{"\n"}'
  0
  $ kubectl patch quota -n team team --type=merge -p '{"spec":{"hard":{"requests.cpu":"2","pods":"10"}}}'
  resourcequota/team patched
  $ kubectl scale -n team deploy/web --replicas=7
  deployment.apps/web scaled
  $ lab until 60s 'kubectl rollout status -n team deploy/web --timeout=1s'
  $ kubectl get quota -n team team -o jsonpath='{.status.used.pods} {.status.used.requests\.cpu}{"\n"}'
  7 1400m
  $ kubectl scale -n team deploy/web --replicas=1
  deployment.apps/web scaled
  $ lab wait 10s
  $ kubectl get quota -n team team -o jsonpath='{.status.used.pods} {.status.used.requests\.cpu}{"\n"}'
  1 200m
  $ kubectl delete deploy -n team web
  deployment.apps "web" deleted
  $ lab wait 10s
  $ kubectl get quota -n team team -o jsonpath='{.status.used}{"\n"}' | jq -S -c .
  {"count/deployments.apps":"0","pods":"0","requests.cpu":"0","requests.memory":"0","services":"0"}

Kinds that nobody watches are counted when the quota is made.

  $ kubectl create ingress front -n team --rule=example.org/*=web:80
  ingress.networking.k8s.io/front created
  $ kubectl create quota ways -n team --hard=count/ingresses.networking.k8s.io=2
  resourcequota/ways created
  $ lab wait 1s
  $ kubectl get quota -n team ways -o jsonpath='{.status.used}{"\n"}'
  {"count/ingresses.networking.k8s.io":"1"}
