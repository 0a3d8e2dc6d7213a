# A container that keeps crashing

  $ lab topology basic --seed 7
  $ kubectl run bad --image=busybox:1.36 -- sh -c 'echo starting; sleep 1; exit 3'
  pod/bad created
  $ lab wait 10s
  $ kubectl get pod bad --no-headers | awk '{print $2, $3, $4}'
  0/1 CrashLoopBackOff 1
  $ lab wait 90s
  $ kubectl get pod bad --no-headers | awk '{print $2, $3, $4}'
  0/1 CrashLoopBackOff 4
  $ kubectl get pod bad -o jsonpath='{.status.containerStatuses[0].lastState.terminated.exitCode} {.status.containerStatuses[0].lastState.terminated.reason}'
  3 Error (no-eol)
  $ kubectl logs bad --previous
  starting
  $ kubectl get events --field-selector involvedObject.name=bad -o jsonpath='{range .items[*]}{.type} {.reason}{"\n"}{end}' | sort | uniq
  Normal Created
  Normal Pulled
  Normal Pulling
  Normal Scheduled
  Normal Started
  Warning BackOff
  $ lab check
