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
