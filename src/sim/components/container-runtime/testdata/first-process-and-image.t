Who ends a container's first process from inside of it sees the kubelet start the container anew.

  $ lab topology basic --seed 5
  $ kubectl run web --image=nginx:1.27
  pod/web created
  $ kubectl wait --for=condition=Ready pod/web --timeout=60s
  pod/web condition met
  $ kubectl exec web -- sh -c 'kill -0 1 && echo there; kill 77; kill -FOO 1'
  there
  sh: can't kill pid 77: No such process
  sh: bad signal name 'FOO'
  command terminated with exit code 1
  [1]

The kernel spares a first process what it has no answer to: SIGKILL from inside, and SIGTERM where nothing handles it.

  $ kubectl exec web -- sh -c 'kill -9 1'
  $ lab wait 5s
  $ kubectl get pod web -o jsonpath='{.status.containerStatuses[0].restartCount}{"\n"}'
  0
  $ kubectl exec web -- sh -c 'kill 1'
  $ lab wait 5s
  $ kubectl get pod web -o jsonpath='{.status.containerStatuses[0].restartCount} {.status.containerStatuses[0].lastState.terminated.reason}{"\n"}'
  1 Completed

The runtime knows an image by its whole name, whatever it was asked for by.

  $ kubectl get pod web -o jsonpath='{.spec.containers[0].image} {.status.containerStatuses[0].image}{"\n"}'
  nginx:1.27 docker.io/library/nginx:1.27
