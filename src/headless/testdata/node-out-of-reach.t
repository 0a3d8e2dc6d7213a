# A node that cannot be reached, and what it says of itself

What goes through a kubelet fails when it is down: the API server says why.

  $ lab topology basic --seed 7
  $ kubectl run web --image=nginx:1.27 --overrides='{"spec":{"nodeName":"worker-1"}}'
  pod/web created
  $ lab until 60s 'kubectl wait --for=condition=Ready pod/web --timeout=0s'
  $ ssh worker-1 systemctl stop kubelet
  $ kubectl exec web -- ls /
  Error from server: error dialing backend: dial tcp 10.0.1.21:10250: connect: connection refused
  [1]
  $ kubectl logs web
  Error from server: Get "https://10.0.1.21:10250/containerLogs/default/web/web": dial tcp 10.0.1.21:10250: connect: connection refused
  [1]
  $ kubectl logs -f web
  Error from server: Get "https://10.0.1.21:10250/containerLogs/default/web/web?follow=true": dial tcp 10.0.1.21:10250: connect: connection refused
  [1]
  $ ssh worker-1 systemctl start kubelet
  $ lab wait 3s
  $ kubectl exec web -- hostname
  web

Without the container runtime nothing can be executed either.

  $ ssh worker-1 systemctl stop containerd
  $ kubectl exec web -- hostname
  error: Internal error occurred: unable to upgrade connection: rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial unix /run/containerd/containerd.sock: connect: connection refused"
  [1]
  $ ssh worker-1 systemctl start containerd
  $ lab wait 10s

A container that is not there yet has no logs to follow.

  $ kubectl run missing --image=nope/nope:1
  pod/missing created
  $ kubectl logs -f missing
  Error from server (BadRequest): container "missing" in pod "missing" is waiting to start: ContainerCreating
  [1]
  $ kubectl exec missing -- ls
  error: Internal error occurred: unable to upgrade connection: container not found ("missing")
  [1]

The kubelet's certificate expires: it can renew nothing, the node is taken for lost. With a new one the node is Ready
within ten seconds, and its pods are ready again soon after.

  $ lab fail cert-expire kubelet@worker-1
  $ lab wait 60s
  $ kubectl get node worker-1 --no-headers | awk '{print $1, $2}'
  worker-1 NotReady
  $ kubectl get pod web -o jsonpath='{.status.conditions[?(@.type=="Ready")].status}'
  False (no-eol)
  $ ssh worker-1 journalctl -u kubelet --no-pager | grep -o '"Failed to ensure lease.*' | tail -1
  "Failed to ensure lease exists, will retry" err="Unauthorized"
  $ lab heal
  $ lab until 11s 'kubectl wait --for=condition=Ready node/worker-1 --timeout=0s'
  $ lab until 20s 'kubectl wait --for=condition=Ready pod/web --timeout=0s'
  $ lab check
