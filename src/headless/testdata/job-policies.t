# When a Job has enough, what it waits for, and what it does when it is told to wait

  $ lab topology basic --seed 7

With a success policy some indexes may be enough: the others are called off.

  $ kubectl apply -f - <<'EOF'
  > apiVersion: batch/v1
  > kind: Job
  > metadata: {name: leader}
  > spec:
  >   completions: 4
  >   parallelism: 4
  >   completionMode: Indexed
  >   successPolicy: {rules: [{succeededCount: 3}, {succeededIndexes: "0"}]}
  >   template:
  >     spec:
  >       restartPolicy: Never
  >       terminationGracePeriodSeconds: 1
  >       containers:
  >       - name: work
  >         image: busybox:1.36
  >         command: [sh, -c, 'if [ $JOB_COMPLETION_INDEX = 0 ]; then sleep 5; else sleep 600; fi']
  > EOF
  job.batch/leader created
  $ kubectl wait --for=condition=complete job/leader --timeout=60s
  job.batch/leader condition met
  $ kubectl get job leader -o jsonpath='{range .status.conditions[*]}{.type} {.reason}: {.message}{"\n"}{end}{.status.succeeded} done: {.status.completedIndexes}{"\n"}'
  SuccessCriteriaMet SuccessPolicy: Matched rules at index 1
  Complete SuccessPolicy: Matched rules at index 1
  1 done: 0
  $ kubectl get events --field-selector involvedObject.name=leader -o custom-columns=REASON:.reason --no-headers | sort | uniq -c
     1 Completed
     4 SuccessfulCreate
     3 SuccessfulDelete

With podReplacementPolicy Failed, a pod that is going is waited for; only then it has failed, and another takes its place.

  $ kubectl apply -f - <<'EOF'
  > apiVersion: batch/v1
  > kind: Job
  > metadata: {name: patient}
  > spec:
  >   podReplacementPolicy: Failed
  >   template:
  >     spec:
  >       restartPolicy: Never
  >       terminationGracePeriodSeconds: 20
  >       containers:
  >       - {name: work, image: busybox:1.36, command: [sh, -c, 'trap "" TERM; sleep 600']}
  > EOF
  job.batch/patient created
  $ lab wait 5s
  $ kubectl delete pod -l job-name=patient --wait=false > /dev/null
  $ lab wait 5s
  $ kubectl get job patient -o jsonpath='active {.status.active}, terminating {.status.terminating}, failed {.status.failed}{"\n"}'
  active , terminating 1, failed 
  $ lab wait 30s
  $ kubectl get job patient -o jsonpath='active {.status.active}, terminating {.status.terminating}, failed {.status.failed}{"\n"}'
  active 1, terminating 0, failed 1

Told to wait, it takes its pods away, which is no failure; told to go on, it has new ones, and its clock begins anew.

  $ kubectl patch job patient -p '{"spec":{"suspend":true}}'
  job.batch/patient patched
  $ lab wait 30s
  $ kubectl get job patient -o jsonpath='active {.status.active}, failed {.status.failed}, suspended {.status.conditions[*].status}{"\n"}'
  active , failed 1, suspended True
  $ kubectl patch job patient -p '{"spec":{"suspend":false}}'
  job.batch/patient patched
  $ lab wait 3s
  $ kubectl get job patient -o jsonpath='active {.status.active}, failed {.status.failed}, suspended {.status.conditions[*].status}{"\n"}'
  active 1, failed 1, suspended False
  $ kubectl get job patient --no-headers | awk '{print $1, $2, $3, $4}'
  patient Running 0/1 3s
  $ kubectl get events --field-selector involvedObject.name=patient -o custom-columns=REASON:.reason --no-headers
  SuccessfulCreate
  SuccessfulCreate
  SuccessfulDelete
  Suspended
  SuccessfulCreate
  Resumed

Nobody else may set that clock.

  $ kubectl patch job patient --subresource=status --type=merge -p '{"status":{"startTime":"2026-01-01T00:00:00Z"}}'
  The Job "patient" is invalid: status.startTime: Required value: startTime cannot be removed for unsuspended job
  [1]

What another controller manages is left alone.

  $ kubectl create job theirs --image=busybox:1.36 --dry-run=client -o yaml -- true | sed 's/^spec:/spec:\n  managedBy: example.com\/queue/' | kubectl apply -f -
  job.batch/theirs created
  $ lab wait 5s
  $ kubectl get pods -l job-name=theirs
  No resources found in default namespace.

A CronJob does not make up for what is later than its deadline allows; without one it makes up for the last time, and says if it missed many.

  $ kubectl create cronjob late --image=busybox:1.36 --schedule='* * * * *' -- true
  cronjob.batch/late created
  $ kubectl patch cronjob late -p '{"spec":{"suspend":true,"startingDeadlineSeconds":10}}'
  cronjob.batch/late patched
  $ lab wait 10m
  $ lab until 60s 'test $(date +%S) = 30'
  $ kubectl patch cronjob late -p '{"spec":{"suspend":false}}'
  cronjob.batch/late patched
  $ lab wait 5s
  $ kubectl get jobs -o name | grep late
  [1]
  $ kubectl patch cronjob late --type=merge -p '{"spec":{"suspend":true,"startingDeadlineSeconds":null}}'
  cronjob.batch/late patched
  $ lab wait 2h
  $ lab until 60s 'test $(date +%S) = 30'
  $ kubectl patch cronjob late -p '{"spec":{"suspend":false}}'
  cronjob.batch/late patched
  $ lab wait 5s
  $ kubectl get events --field-selector involvedObject.name=late,type=Warning -o custom-columns=REASON:.reason,MESSAGE:.message --no-headers | uniq
  TooManyMissedTimes   too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew
  $ kubectl get jobs -o name | grep -c late
  1
  $ lab check
