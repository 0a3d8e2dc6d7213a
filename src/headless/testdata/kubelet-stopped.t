# A stopped kubelet is not a machine without power

To the control plane both look the same. On the machine they are not: without the kubelet the containers run on.

  $ lab topology basic --seed 7
  $ kubectl create deployment web --image=nginx:1.27 --replicas=3
  deployment.apps/web created
  $ kubectl expose deployment web --port=80 --type=NodePort
  service/web exposed
  $ kubectl rollout status deploy/web | tail -1
  deployment "web" successfully rolled out
  $ port=$(kubectl get svc web -o jsonpath='{.spec.ports[0].nodePort}')
  $ ssh worker-1 systemctl stop kubelet
  $ ssh worker-1 systemctl is-active kubelet
  inactive
  [3]
  $ lab wait 60s
  $ kubectl get node worker-1 --no-headers | awk '{print $1, $2}'
  worker-1 NotReady
  $ ssh worker-1 crictl ps | grep -c nginx
  1
  $ curl -s http://worker-1:$port | grep title
  <title>Welcome to nginx!</title>
  $ ssh worker-1 systemctl start kubelet
  $ lab until 30s 'kubectl wait --for=condition=Ready node/worker-1 --timeout=0s'

Now the machine itself:

  $ lab fail power-off worker-1
  $ lab wait 60s
  $ kubectl get node worker-1 --no-headers | awk '{print $1, $2}'
  worker-1 NotReady
  $ ssh worker-1 crictl ps
  ssh: connect to host worker-1 port 22: No route to host
  [255]
  $ curl -s -m 5 http://worker-1:$port
  [28]
  $ lab check
