The API server passes requests on to nodes, pods and services.

  $ lab topology basic --seed 4
  $ kubectl create deployment web --image=hashicorp/http-echo --port=5678
  deployment.apps/web created
  $ kubectl expose deployment web --port=80 --target-port=5678
  service/web exposed
  $ kubectl rollout status deploy/web --timeout=60s > /dev/null
  $ lab wait 2s
  $ kubectl get --raw /api/v1/namespaces/default/services/web/proxy/
  hello-world
  $ kubectl get --raw /api/v1/namespaces/default/services/http:web:80/proxy/any/path?x=1
  hello-world
  $ kubectl get --raw /api/v1/namespaces/default/pods/$(kubectl get pods -l app=web -o jsonpath='{.items[0].metadata.name}')/proxy/
  hello-world
  $ kubectl get --raw /api/v1/nodes/worker-1/proxy/stats/summary | jq -c '[.node.nodeName, (.pods | length > 0)]'
  ["worker-1",true]
  $ kubectl get --raw /api/v1/nodes/worker-1/proxy/configz | jq -c '.kubeletconfig | [.clusterDomain, .maxPods, .staticPodPath]'
  ["cluster.local",110,"/etc/kubernetes/manifests"]
  $ kubectl get --raw /api/v1/nodes/worker-1/proxy/pods | jq -r '.items[] | select(.metadata.name | startswith("kube-proxy")) | .status.phase'
  Running
  $ kubectl get --raw /api/v1/nodes/worker-1/proxy/metrics/resource | head -1
  # HELP container_cpu_usage_seconds_total [STABLE] Cumulative cpu time consumed by the container in core-seconds
  $ kubectl get --raw /api/v1/nodes/worker-1/proxy/healthz
  ok (no-eol)

What is not there, and who may not.

  $ kubectl get --raw /api/v1/namespaces/default/services/nope/proxy/
  Error from server (NotFound): services "nope" not found
  [1]
  $ kubectl get --raw /api/v1/namespaces/default/services/web:81/proxy/
  Error from server (ServiceUnavailable): no service port 81 found for service "web"
  [1]
  $ kubectl scale deploy/web --replicas=0
  deployment.apps/web scaled
  $ lab wait 3s
  $ kubectl get --raw /api/v1/namespaces/default/services/web/proxy/
  Error from server (ServiceUnavailable): no endpoints available for service "web"
  [1]
  $ kubectl get --raw /api/v1/nodes/worker-1/proxy/healthz --as=bob
  Error from server (Forbidden): nodes "worker-1" is forbidden: User "bob" cannot get resource "nodes/proxy" in API group "" at the cluster scope
  [1]
