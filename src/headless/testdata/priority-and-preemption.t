Pods of higher priority push others aside. Two kinds of batch work fill the workers, and a PodDisruptionBudget guards one:

  $ lab topology basic --seed 11
  $ for kind in guarded plain; do cat <<YAML | kubectl apply -f -; done
  > apiVersion: apps/v1
  > kind: Deployment
  > metadata: {name: $kind}
  > spec:
  >   replicas: 3
  >   selector: {matchLabels: {app: $kind}}
  >   template:
  >     metadata: {labels: {app: $kind}}
  >     spec:
  >       containers:
  >       - name: work
  >         image: busybox:1.36
  >         command: [sleep, infinity]
  >         resources: {requests: {cpu: 1900m}}
  > YAML
  > cat <<YAML | kubectl apply -f -
  > apiVersion: policy/v1
  > kind: PodDisruptionBudget
  > metadata: {name: guarded}
  > spec: {minAvailable: 3, selector: {matchLabels: {app: guarded}}}
  > ---
  > apiVersion: scheduling.k8s.io/v1
  > kind: PriorityClass
  > metadata: {name: high}
  > value: 1000
  > ---
  > apiVersion: scheduling.k8s.io/v1
  > kind: PriorityClass
  > metadata: {name: polite}
  > value: 1000
  > preemptionPolicy: Never
  > YAML
  deployment.apps/guarded created
  deployment.apps/plain created
  poddisruptionbudget.policy/guarded created
  priorityclass.scheduling.k8s.io/high created
  priorityclass.scheduling.k8s.io/polite created
  $ lab until 60s 'kubectl wait --for=condition=Available deploy/guarded deploy/plain --timeout=0s'
  $ kubectl get pods -o wide --no-headers | awk '{print $7, substr($1, 1, 5)}' | sort
  worker-1 guard
  worker-1 plain
  worker-2 guard
  worker-2 plain
  worker-3 guard
  worker-3 plain

Who is polite waits, whatever its priority:

  $ cat > pod.yaml <<YAML
  > apiVersion: v1
  > kind: Pod
  > metadata: {name: NAME}
  > spec:
  >   priorityClassName: CLASS
  >   containers:
  >   - {name: web, image: nginx:1.27, resources: {requests: {cpu: 1500m}}}
  > YAML
  $ sed 's/NAME/patient/; s/CLASS/polite/' pod.yaml | kubectl apply -f -
  pod/patient created
  $ lab wait 2s
  $ kubectl get pod patient -o jsonpath='{.status.conditions[?(@.type=="PodScheduled")].message}{"\n"}'
  0/4 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 3 Insufficient cpu. preemption: not eligible due to preemptionPolicy=Never.
  $ kubectl delete pod patient
  pod "patient" deleted

Who is not gets a node where a pod goes that no budget guards. Its victim takes the 30 seconds that it is given:

  $ sed 's/NAME/urgent/; s/CLASS/high/' pod.yaml | kubectl apply -f -
  pod/urgent created
  $ lab wait 1s
  $ kubectl get pod urgent -o wide --no-headers | awk '{print $3, $7, $8}'
  Pending <none> worker-1
  $ kubectl get pod urgent -o jsonpath='{.status.conditions[?(@.type=="PodScheduled")].message}{"\n"}'
  0/4 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 3 Insufficient cpu.
  $ kubectl get events --field-selector reason=Preempted -o jsonpath='{range .items[*]}{.type} {.involvedObject.name}: {.message} (for {.related.name}){"\n"}{end}'
  Normal plain-\w+-\w+: Preempted by pod [0-9a-f-]+ on node worker-1 \(for urgent\) (re)
  $ victim=$(kubectl get pods --no-headers | awk '$3 == "Terminating" {print $1}')
  $ kubectl get pod $victim -o jsonpath='{range .status.conditions[?(@.type=="DisruptionTarget")]}{.status} {.reason}: {.message}{"\n"}{end}'
  True PreemptionByScheduler: default-scheduler: preempting to accommodate a higher priority pod

Until then the place is kept for it: a pod that outranks nobody does not get it.

  $ lab wait 20s
  $ kubectl get pods --no-headers | awk '{print $3, substr($1, 1, 5)}' | sort | uniq -c
     1 Pending plain
     1 Pending urgen
     3 Running guard
     2 Running plain
     1 Terminating plain
  $ lab until 30s 'kubectl wait --for=condition=Ready pod/urgent --timeout=0s'
  $ kubectl get pods --no-headers | awk '{print $3, substr($1, 1, 5)}' | sort | uniq -c
     1 Pending plain
     3 Running guard
     2 Running plain
     1 Running urgen
  $ kubectl get pods -l app=plain --field-selector spec.nodeName= -o jsonpath='{.items[0].status.conditions[?(@.type=="PodScheduled")].message}{"\n"}'
  0/4 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 3 Insufficient cpu. preemption: 0/4 nodes are available: 1 Preemption is not helpful for scheduling, 3 No preemption victims found for incoming pod.
  $ kubectl get events --field-selector involvedObject.name=urgent --no-headers | awk '{print $3}'
  FailedScheduling
  Scheduled
  Pulling
  Pulled
  Created
  Started
  $ lab check

Where only guarded pods are left, the budget is broken: it is no more than a wish here.

  $ kubectl scale deployment plain --replicas=0
  deployment.apps/plain scaled
  $ lab wait 40s
  $ kubectl scale deployment guarded --replicas=5
  deployment.apps/guarded scaled
  $ kubectl patch pdb guarded --type=merge -p '{"spec": {"minAvailable": 5}}'
  poddisruptionbudget.policy/guarded patched
  $ lab wait 10s
  $ sed 's/NAME/urgent-2/; s/CLASS/high/' pod.yaml | kubectl apply -f -
  pod/urgent-2 created
  $ lab wait 1s
  $ kubectl get pods --no-headers | awk '{print $3, substr($1, 1, 5)}' | sort | uniq -c
     1 Pending guard
     1 Pending urgen
     4 Running guard
     1 Running urgen
     1 Terminating guard
  $ kubectl get pdb guarded --no-headers | awk '{print $2, $4}'
  5 0
