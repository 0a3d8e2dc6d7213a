# The API server is down; pods run on

  $ lab topology basic --seed 7
  $ kubectl create deployment web --image=nginx:1.27 --replicas=2
  deployment.apps/web created
  $ kubectl expose deployment web --port=80 --type=NodePort
  service/web exposed
  $ kubectl rollout status deploy/web | tail -1
  deployment "web" successfully rolled out
  $ port=$(kubectl get svc web -o jsonpath='{.spec.ports[0].nodePort}')
  $ lab wait 2s
  $ lab fail stop kube-apiserver@control-plane-1
  $ kubectl get pods
  The connection to the server 10.0.0.11:6443 was refused - did you specify the right host or port?
  [1]

Nobody can ask, and nobody needs to: the containers run, the rules are in place.

  $ curl -s http://worker-1:$port | grep title
  <title>Welcome to nginx!</title>
  $ lab wait 30s
  $ curl -s http://worker-1:$port | grep title
  <title>Welcome to nginx!</title>
  $ lab heal
  $ lab until 60s 'kubectl get nodes'
  $ lab until 60s 'test $(kubectl get nodes --no-headers | grep -cw Ready) -eq 4'
  $ kubectl get pods --no-headers | awk '{print $2, $3, $4}'
  1/1 Running 0
  1/1 Running 0

A crash is another thing: its kubelet starts it again.

  $ lab fail crash kube-apiserver@control-plane-1
  $ lab until 60s 'kubectl get pods -n kube-system kube-apiserver-control-plane-1'
  $ lab wait 10s
  $ kubectl get pod -n kube-system kube-apiserver-control-plane-1 --no-headers | awk '{print $2, $3, $4}'
  0/1 Running 2
  $ lab check
