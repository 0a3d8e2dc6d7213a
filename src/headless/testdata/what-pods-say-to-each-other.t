# What pods say to each other

`agnhost` of Kubernetes' own test suite, over HTTP, UDP and bare TCP; names by dig and getent.

  $ lab topology basic --seed 7
  $ cat > server.yaml <<EOF
  > apiVersion: v1
  > kind: Pod
  > metadata: {name: server, labels: {app: server}}
  > spec:
  >   containers:
  >   - {name: main, image: "registry.k8s.io/e2e-test-images/agnhost:2.53", args: [netexec, --http-port=80, --udp-port=81], readinessProbe: {httpGet: {path: /healthz, port: 80}}}
  > ---
  > apiVersion: v1
  > kind: Service
  > metadata: {name: server}
  > spec:
  >   selector: {app: server}
  >   ports: [{name: http, port: 80}, {name: udp, port: 81, protocol: UDP}]
  > ---
  > apiVersion: v1
  > kind: Pod
  > metadata: {name: client}
  > spec:
  >   containers:
  >   - {name: main, image: "registry.k8s.io/e2e-test-images/agnhost:2.53"}
  > EOF
  $ kubectl apply -f server.yaml
  pod/server created
  service/server created
  pod/client created
  $ kubectl wait pod --all --for=condition=Ready --timeout=60s
  pod/client condition met
  pod/server condition met
  $ kubectl logs client
  Paused
  $ lab wait 2s
  $ kubectl exec client -- curl -s http://server/hostname
  server (no-eol)
  $ kubectl exec client -- sh -c 'echo hostname | nc -u -w 2 server 81; echo hostName | nc -w 2 server 80' | head -c 30
  serverHTTP/1.1 400 Bad Request (no-eol)
  $ kubectl exec client -- sh -c 'curl -s "http://server/dial?request=hostname&protocol=udp&host=$SERVER_SERVICE_HOST&port=81&tries=2"'
  {"responses":["server","server"]} (no-eol)
  $ kubectl exec client -- /agnhost connect --timeout=2s server:80
  $ kubectl exec client -- /agnhost connect --timeout=2s server:9999
  TIMEOUT: dial tcp [\d.]+:9999: i/o timeout (re)
  command terminated with exit code 1
  [1]
  $ kubectl exec client -- dig +search +short _http._tcp.server.default.svc SRV
  0 100 80 server.default.svc.cluster.local.
  $ kubectl exec client -- getent hosts client
  10\.244\.[\d.]+ +client (re)
  $ kubectl exec client -- sh -c 'test "$(dig +short -x $KUBERNETES_SERVICE_HOST)" = kubernetes.default.svc.cluster.local. && echo found'
  found

A port of the host leads to the pod, and a page's links lead through the API server's proxy.

  $ cat > porter.yaml <<EOF
  > apiVersion: v1
  > kind: Pod
  > metadata: {name: porter}
  > spec:
  >   containers:
  >   - name: main
  >     image: registry.k8s.io/e2e-test-images/agnhost:2.53
  >     args: [porter]
  >     env: [{name: SERVE_PORT_8080, value: plain}, {name: SERVE_PORT_81, value: '<a href="/on">on</a>'}]
  >     ports: [{containerPort: 8080, hostPort: 18080}]
  > EOF
  $ kubectl apply -f porter.yaml
  pod/porter created
  $ kubectl wait pod/porter --for=condition=Ready --timeout=30s
  pod/porter condition met
  $ lab wait 1s
  $ kubectl exec client -- curl -s http://$(kubectl get pod porter -o jsonpath={.status.hostIP}):18080/
  plain (no-eol)
  $ kubectl get --raw /api/v1/namespaces/default/pods/porter:81/proxy/
  <a href="/api/v1/namespaces/default/pods/porter:81/proxy/on">on</a> (no-eol)
  $ kubectl delete pod porter --wait=false
  pod "porter" deleted
  $ lab wait 40s
  $ kubectl exec client -- /agnhost connect --timeout=1s $(kubectl get node worker-1 -o jsonpath='{.status.addresses[0].address}'):18080
  REFUSED: dial tcp [\d.]+:18080: connect: connection refused (re)
  command terminated with exit code 1
  [1]

Bytes that are no HTTP reach programs that speak otherwise.

  $ kubectl run store --image=redis:7
  pod/store created
  $ kubectl expose pod store --port=6379
  service/store exposed
  $ kubectl wait pod/store --for=condition=Ready --timeout=30s
  pod/store condition met
  $ lab wait 2s
  $ kubectl exec client -- sh -c "printf 'SET a 1\nINCR a\nQUIT\n' | nc store 6379" | tr -d '\r'
  +OK
  :2
  +OK
  $ kubectl exec store -- redis-cli get a
  2
