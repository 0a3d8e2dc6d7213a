# Quorum lost and regained

Two of three etcd members are down. Nothing can be written, nothing can be read that must be up to date; what runs goes on running.

  $ lab topology ha --seed 5
  $ kubectl create deployment web --image=nginx:1.27 --replicas=2
  deployment.apps/web created
  $ kubectl rollout status deploy/web | tail -1
  deployment "web" successfully rolled out
  $ lab fail stop etcd@control-plane-2
  $ lab fail stop etcd@control-plane-3
  $ lab wait 1s
  $ kubectl get pods
  Error from server: etcdserver: request timed out
  [1]
  $ lab status | grep etcd | awk '{print $2, $3, $5}'
  control-plane-1 running preCandidate
  control-plane-2 stopped -
  control-plane-3 stopped -

Soon the API servers are not ready any more, and the load balancer sends nobody to them.

  $ lab wait 10s
  $ kubectl get pods
  Unable to connect to the server: read tcp 192.168.1.10->10.0.0.5:6443: read: connection reset by peer
  [1]
  $ kubectl create configmap lost --from-literal=a=b
  error: failed to create configmap: Post "https://10.0.0.5:6443/api/v1/namespaces/default/configmaps?fieldManager=kubectl-create&fieldValidation=Strict": read tcp 192.168.1.10->10.0.0.5:6443: read: connection reset by peer
  [1]
  $ ssh control-plane-1 etcdctl endpoint health
  {"level":"warn","ts":"*","logger":"etcd-client",*"error":"rpc error: code = DeadlineExceeded desc = context deadline exceeded"} (glob)
  127.0.0.1:2379 is unhealthy: failed to commit proposal: context deadline exceeded
  Error: unhealthy cluster
  [1]

The containers still run, and still answer:

  $ ssh worker-1 crictl ps | grep -c 'Running.*kube-proxy'
  1
  $ lab heal
  $ lab until 120s 'kubectl get pods'
  $ kubectl get deploy web --no-headers | awk '{print $2, $3, $4}'
  2/2 2 2
  $ lab check
