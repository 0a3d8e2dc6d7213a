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

What a container writes to its termination log is told as its last words, and those of every attempt are its own. Where the policy
says so, a container that fails without a word is quoted from its log.

  $ cat > words.yaml <<EOF
  > apiVersion: v1
  > kind: Pod
  > metadata: {name: words}
  > spec:
  >   restartPolicy: Never
  >   initContainers:
  >   - {name: early, image: "busybox:1.36", command: [sh, -c, "echo ready > /tmp/words"], terminationMessagePath: /tmp/words}
  >   containers:
  >   - {name: wrote, image: "busybox:1.36", command: [sh, -c, "cat /dev/termination-log; echo out of ideas > /dev/termination-log; exit 7"]}
  >   - {name: logged, image: "busybox:1.36", command: [sh, -c, "echo one; echo two; exit 1"], terminationMessagePolicy: FallbackToLogsOnError}
  >   - {name: fine, image: "busybox:1.36", command: [sh, -c, "echo one"], terminationMessagePolicy: FallbackToLogsOnError}
  >   - {name: silent, image: "busybox:1.36", command: [sh, -c, "echo one; exit 1"]}
  > EOF
  $ kubectl apply -f words.yaml
  pod/words created
  $ lab wait 10s
  $ kubectl get pod words -o jsonpath='{range .status.initContainerStatuses[*]}{.name}: {.state.terminated.message}{end}{range .status.containerStatuses[*]}{.name}: {.state.terminated.message}{"\n"}{end}'
  early: ready
  wrote: out of ideas
  
  logged: one
  two
  
  fine: 
  silent: 
  $ kubectl describe pod words | grep -A1 Message
        Message:  ready
  
  --
        Message:  out of ideas
  
  --
        Message:  one
  two
  --
    Type    Reason     Age   From               Message
    ----    ------     ----  ----               -------
  $ lab check
