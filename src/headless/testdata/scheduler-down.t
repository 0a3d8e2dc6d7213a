# Without a scheduler new pods wait

  $ lab topology basic --seed 7
  $ kubectl create deployment web --image=nginx:1.27 --replicas=3
  deployment.apps/web created
  $ lab until 60s 'kubectl wait --for=condition=Available deploy/web --timeout=0s'
  $ lab fail stop kube-scheduler@control-plane-1
  $ lab status | awk '$1=="kube-scheduler" {print $1, $3}'
  kube-scheduler stopped
  $ kubectl scale deploy/web --replicas=4
  deployment.apps/web scaled
  $ lab wait 30s
  $ kubectl get pods -l app=web --no-headers | awk '{print $2, $3, $4}' | sort
  0/1 Pending 0
  1/1 Running 0
  1/1 Running 0
  1/1 Running 0
  $ kubectl get deploy web --no-headers
  web   3/4   4     3     3\ds (re)

Nobody has even looked at it: no node, no event, no condition.

  $ kubectl get pods --field-selector status.phase=Pending -o jsonpath='{.items[*].spec.nodeName}{.items[*].status.conditions}'

A pod that names its node needs no scheduler.

  $ kubectl run placed --image=nginx:1.27 --overrides='{"spec":{"nodeName":"worker-2"}}'
  pod/placed created
  $ lab until 30s 'kubectl wait --for=condition=Ready pod/placed --timeout=0s'

With the scheduler back the pod is placed at once (after it has the lease again).

  $ lab heal
  $ lab until 60s 'kubectl wait --for=condition=Available deploy/web --timeout=0s'
  $ lab until 60s 'test $(kubectl get deploy web -o jsonpath={.status.readyReplicas}) -eq 4'
  $ lab check
