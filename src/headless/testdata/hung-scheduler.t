# A hung scheduler is not a dead one

It takes connections and answers nothing. Its kubelet's liveness probe finds out: eight failures of 15 s each, then 30 s
of grace for a process that does not hear the signal.

  $ lab topology basic --seed 7
  $ lab fail hang kube-scheduler@control-plane-1
  $ lab wait 110s
  $ lab status | awk '$1=="kube-scheduler" {print $3}'
  hung
  $ lab until 60s 'lab status | grep kube-scheduler | grep -qv hung'
  $ lab until 30s 'lab status | grep kube-scheduler | grep -q leader'

A hang is over when its process is: nothing is broken any more.

  $ lab faults
  Nothing is broken.
  $ kubectl get pod -n kube-system kube-scheduler-control-plane-1 --no-headers | awk '{print $3, $4}'
  Running 1
  $ kubectl get events -n kube-system --field-selector involvedObject.name=kube-scheduler-control-plane-1,reason=Killing -o jsonpath='{.items[*].message}'
  Container kube-scheduler failed liveness probe, will be restarted (no-eol)

What hangs on a machine that freezes still hangs when the machine goes on.

  $ lab fail hang kube-proxy@worker-1
  $ lab fail freeze worker-1
  $ lab heal freeze worker-1
  $ lab status | awk '$1=="kube-proxy" && $2=="worker-1" {print $3}'
  hung
  $ lab heal
  $ lab status | awk '$1=="kube-proxy" && $2=="worker-1" {print $3}'
  running
  $ kubectl get endpoints kubernetes
  NAME         ENDPOINTS        AGE
  kubernetes   10.0.0.11:6443   3m13s
  Warning: v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice
  $ lab check
