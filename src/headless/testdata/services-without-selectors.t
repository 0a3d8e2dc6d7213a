# A service without a selector goes where its Endpoints say

  $ lab topology basic --seed 7
  $ kubectl run backend --image=nginx:1.25
  pod/backend created
  $ kubectl wait pod/backend --for=condition=Ready --timeout=30s
  pod/backend condition met
  $ cat > outside.yaml <<EOF
  > apiVersion: v1
  > kind: Service
  > metadata: {name: outside}
  > spec: {ports: [{port: 8080, targetPort: 80}]}
  > ---
  > apiVersion: v1
  > kind: Endpoints
  > metadata: {name: outside, labels: {team: a}}
  > subsets: [{addresses: [{ip: $(kubectl get pod backend -o jsonpath='{.status.podIP}')}], ports: [{port: 80}]}]
  > EOF
  $ kubectl apply -f outside.yaml 2>/dev/null
  service/outside created
  endpoints/outside created
  $ lab wait 2s

Nobody but people writes such Endpoints; they are mirrored, and what is mirrored is where traffic goes.

  $ kubectl get endpointslices -l kubernetes.io/service-name=outside -o jsonpath='{.items[0].metadata.labels} {.items[0].metadata.ownerReferences[0].kind} {.items[0].endpoints[0].conditions} {.items[0].ports}'
  {"endpointslice.kubernetes.io/managed-by":"endpointslicemirroring-controller.k8s.io","kubernetes.io/service-name":"outside","team":"a"} Endpoints {"ready":true} [{"name":"","port":80,"protocol":"TCP"}] (no-eol)
  $ kubectl run client --image=busybox:1.36 --restart=Never -- wget -qO- http://outside:8080
  pod/client created
  $ lab wait 5s
  $ kubectl logs client | head -4
  <!DOCTYPE html>
  <html>
  <head>
  <title>Welcome to nginx!</title>

The mirror follows, and goes with a selector, or with the Endpoints.

  $ kubectl patch endpoints outside --type=merge -p '{"subsets":[{"notReadyAddresses":[{"ip":"10.9.9.9"}],"ports":[{"port":80}]}]}' 2>/dev/null
  endpoints/outside patched
  $ lab wait 2s
  $ kubectl get endpointslices -l kubernetes.io/service-name=outside -o jsonpath='{range .items[*]}{.endpoints[*].addresses} {.endpoints[*].conditions}{"\n"}{end}'
  ["10.9.9.9"] {"ready":false}
  $ kubectl delete endpoints outside 2>/dev/null
  endpoints "outside" deleted
  $ lab wait 2s
  $ kubectl get endpointslices -l kubernetes.io/service-name=outside
  No resources found in default namespace.
  $ kubectl get endpointslices -l endpointslice.kubernetes.io/managed-by=endpointslicemirroring-controller.k8s.io -A
  No resources found
  $ lab check
