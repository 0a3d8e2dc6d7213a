# Deploy and expose

A Deployment becomes pods; a Service gives them one address; the address leads to one of them.

  $ lab topology basic --seed 7
  $ cat > web.yaml <<'YAML'
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
  >       containers:
  >       - name: nginx
  >         image: nginx:1.27
  >         ports:
  >         - containerPort: 80
  > ---
  > apiVersion: v1
  > kind: Service
  > metadata:
  >   name: web
  > spec:
  >   type: NodePort
  >   selector: {app: web}
  >   ports:
  >   - port: 80
  >     nodePort: 30080
  > YAML
  $ kubectl apply -f web.yaml
  deployment.apps/web created
  service/web created
  $ lab until 60s 'kubectl wait --for=condition=Available deploy/web --timeout=0s'
  $ kubectl get deploy,rs -o name
  deployment.apps/web
  replicaset.apps/web-64bf787f5f
  $ kubectl get pods --no-headers | awk '{print $2, $3, $4}'
  1/1 Running 0
  1/1 Running 0
  1/1 Running 0
  $ kubectl get endpointslices -l kubernetes.io/service-name=web -o jsonpath='{range .items[*].endpoints[*]}{.addresses[0]}{"\n"}{end}' | sort
  10\.244\.\d+\.\d+ (re)
  10\.244\.\d+\.\d+ (re)
  10\.244\.\d+\.\d+ (re)
  $ kubectl rollout status deploy/web
  deployment "web" successfully rolled out

From inside the cluster, by name and by address:

  $ kubectl run client --image=busybox:1.36 --restart=Never -- sleep 3600
  pod/client created
  $ lab until 60s 'kubectl wait --for=condition=Ready pod/client --timeout=0s'
  $ kubectl exec client -- wget -qO- http://web | head -4
  <!DOCTYPE html>
  <html>
  <head>
  <title>Welcome to nginx!</title>
  $ kubectl exec client -- nslookup web.default.svc.cluster.local
  Server:		10.96.0.10
  Address:	10.96.0.10:53
  
  Name:	web.default.svc.cluster.local
  Address: 10\.\d+\.\d+\.\d+ (re)
  

From outside, by any node's port:

  $ curl -s http://worker-1:30080 | grep title
  <title>Welcome to nginx!</title>

A Service without pods behind it refuses:

  $ kubectl scale deploy/web --replicas=0
  deployment.apps/web scaled
  $ lab until 60s 'test $(kubectl get pods -l app=web --no-headers 2>/dev/null | wc -l) -eq 0'
  $ lab wait 2s
  $ kubectl exec client -- wget -qO- http://web
  wget: can't connect to remote host \(10\.[\d.]+\): Connection refused (re)
  command terminated with exit code 1
  [1]
  $ lab check
