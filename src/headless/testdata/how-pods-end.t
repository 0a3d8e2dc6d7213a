# How pods end

  $ lab topology basic --seed 7
  $ cat > late.yaml <<EOF
  > apiVersion: v1
  > kind: Pod
  > metadata: {name: late}
  > spec:
  >   activeDeadlineSeconds: 5
  >   terminationGracePeriodSeconds: 20
  >   containers:
  >   - {name: main, image: "busybox:1.36", command: [sh, -c, "trap 'sleep 8; exit 3' TERM; while true; do sleep 1; done"]}
  > EOF
  $ kubectl apply -f late.yaml
  pod/late created
  $ kubectl wait pod/late --for=condition=Ready --timeout=30s
  pod/late condition met
  $ kubectl get pod late -o json | jq -c '.status.conditions[] | [.type, has("lastProbeTime"), .lastProbeTime]'
  ["PodReadyToStartContainers",true,null]
  ["Initialized",true,null]
  ["Ready",true,null]
  ["ContainersReady",true,null]
  ["PodScheduled",true,null]

Past its deadline it is stopped; it has failed once its container has ended.

  $ lab until 20s 'kubectl get events | grep -q DeadlineExceeded'
  $ lab wait 2s
  $ kubectl get pod late -o jsonpath='{.status.phase} {.status.reason} {.status.conditions[?(@.type=="Ready")].reason}'
  Running  PodFailed (no-eol)
  $ lab until 20s '[ "$(kubectl get pod late -o jsonpath={.status.phase})" = Failed ]'
  $ kubectl get pod late -o jsonpath='{.status.reason} {.status.containerStatuses[0].state.terminated.exitCode}'
  DeadlineExceeded 3 (no-eol)

A line of Python comes to an end, and says what came out.

  $ cat > sums.yaml <<EOF
  > apiVersion: batch/v1
  > kind: Job
  > metadata: {name: sums}
  > spec:
  >   template:
  >     spec:
  >       restartPolicy: Never
  >       containers:
  >       - name: main
  >         image: python:3.12
  >         command: [python3, -c]
  >         args:
  >         - |
  >           import time
  >           total = 0
  >           for n in range(1, 4):
  >               total += n * n
  >               print(f"{n}: {total}")
  >               time.sleep(1)
  > EOF
  $ kubectl apply -f sums.yaml
  job.batch/sums created
  $ kubectl wait job/sums --for=condition=Complete --timeout=60s
  job.batch/sums condition met
  $ kubectl logs job/sums
  1: 1
  2: 5
  3: 14
  $ kubectl run fails --image=python:3.12 --restart=Never -- python -c 'import sys; sys.exit("no luck")'
  pod/fails created
  $ lab until 30s '[ "$(kubectl get pod fails -o jsonpath={.status.phase})" = Failed ]'
  $ kubectl logs fails
  no luck

The end of what a program says is told as it said it.

  $ cat > last.yaml <<EOF
  > apiVersion: v1
  > kind: Pod
  > metadata: {name: last}
  > spec:
  >   restartPolicy: Never
  >   containers:
  >   - {name: main, image: "busybox:1.36", command: [sh, -c, "echo -n DONE; exit 4"], terminationMessagePolicy: FallbackToLogsOnError}
  > EOF
  $ kubectl apply -f last.yaml
  pod/last created
  $ lab until 30s '[ "$(kubectl get pod last -o jsonpath={.status.phase})" = Failed ]'
  $ kubectl get pod last -o jsonpath='{.status.containerStatuses[0].state.terminated.message}'
  DONE (no-eol)
  $ kubectl logs last
  DONE (no-eol)

What a node does not allow is refused there.

  $ cat > tuned.yaml <<EOF
  > apiVersion: v1
  > kind: Pod
  > metadata: {name: tuned}
  > spec:
  >   restartPolicy: Never
  >   securityContext: {sysctls: [{name: kernel.shm_rmid_forced, value: "1"}]}
  >   containers: [{name: main, image: "busybox:1.36", command: [sysctl, kernel.shm_rmid_forced]}]
  > ---
  > apiVersion: v1
  > kind: Pod
  > metadata: {name: unsafe}
  > spec:
  >   securityContext: {sysctls: [{name: kernel.msgmax, value: "65536"}]}
  >   containers: [{name: main, image: "busybox:1.36", command: [sleep, "60"]}]
  > EOF
  $ kubectl apply -f tuned.yaml
  pod/tuned created
  pod/unsafe created
  $ lab until 30s '[ "$(kubectl get pod tuned -o jsonpath={.status.phase})" = Succeeded ]'
  $ kubectl logs tuned
  kernel.shm_rmid_forced = 1
  $ kubectl get pod unsafe -o jsonpath='{.status.phase} {.status.reason}: {.status.message}{"\n"}'
  Failed SysctlForbidden: Pod was rejected: forbidden sysctl: "kernel.msgmax" not allowlisted

Who takes more memory than the limit allows is killed.

  $ cat > greedy.yaml <<EOF
  > apiVersion: v1
  > kind: Pod
  > metadata: {name: greedy}
  > spec:
  >   restartPolicy: Never
  >   containers:
  >   - {name: main, image: "busybox:1.36", command: [sh, -c, "sleep 2; tail /dev/zero"], resources: {limits: {memory: 100Mi}}}
  > EOF
  $ kubectl apply -f greedy.yaml
  pod/greedy created
  $ lab until 30s '[ "$(kubectl get pod greedy -o jsonpath={.status.phase})" = Failed ]'
  $ kubectl get pod greedy -o jsonpath='{.status.containerStatuses[0].state.terminated.reason} {.status.containerStatuses[0].state.terminated.exitCode}{"\n"}'
  OOMKilled 137
