A NodePort answers on every node, whichever the pod runs on. With externalTrafficPolicy Local only the nodes that have
a pod answer; inside the cluster nothing changes.

  $ lab topology basic --seed 3
  $ kubectl create deployment web --image=nginx:1.27 --replicas=1
  deployment.apps/web created
  $ lab until 60s 'kubectl wait --for=condition=Available deploy/web --timeout=0s'
  $ kubectl expose deployment web --type=NodePort --port=80
  service/web exposed
  $ kubectl patch service web -p '{"spec":{"ports":[{"port":80,"nodePort":30080}]}}'
  service/web patched
  $ kubectl get pods -o custom-columns=NODE:.spec.nodeName --no-headers
  worker-1
  $ lab wait 3s
  $ for n in 1 2 3; do curl -s -m 3 http://worker-$n:30080 | grep -c 'Welcome to nginx'; done
  2
  2
  2
  $ kubectl patch service web -p '{"spec":{"externalTrafficPolicy":"Local"}}'
  service/web patched
  $ lab wait 3s
  $ for n in 1 2 3; do curl -s -m 3 http://worker-$n:30080 | grep -c 'Welcome to nginx'; done
  2
  0
  0
  [1]
  $ kubectl create deployment client --image=busybox:1.36 -- sleep 3600
  deployment.apps/client created
  $ lab until 60s 'kubectl wait --for=condition=Available deploy/client --timeout=0s'
  $ kubectl exec deploy/client -- wget -q -O- http://web | grep -c 'Welcome to nginx'
  2
