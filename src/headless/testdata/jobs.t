A Job runs pods until enough of them have succeeded.

  $ lab topology basic --seed 7
  $ kubectl create job hello --image=busybox:1.36 -- sh -c 'echo hello; sleep 3'
  job.batch/hello created
  $ kubectl wait --for=condition=complete job/hello --timeout=60s
  job.batch/hello condition met
  $ kubectl get jobs
  NAME    STATUS     COMPLETIONS   DURATION   AGE
  hello   Complete   1/1           5s         5s
  $ kubectl get pods --no-headers
  hello-?????   0/1   Completed   0     5s (glob)
  $ kubectl logs job/hello
  hello
  $ kubectl get events --field-selector involvedObject.kind=Job
  LAST SEEN   TYPE     REASON             OBJECT      MESSAGE
  5s          Normal   SuccessfulCreate   job/hello   Created pod: hello-????? (glob)
  0s          Normal   Completed          job/hello   Job completed

Its pods are held by a finalizer until the Job has counted them, and then let go.

  $ kubectl get pods -o jsonpath='{.items[*].metadata.finalizers}'
  $ kubectl get job hello -o jsonpath='{.status.conditions[*].type}'
  SuccessCriteriaMet Complete (no-eol)

Several pods work at a time, but never more than are still wanted.

  $ kubectl apply -f - <<'EOF'
  > apiVersion: batch/v1
  > kind: Job
  > metadata:
  >   name: batch
  > spec:
  >   completions: 5
  >   parallelism: 2
  >   template:
  >     spec:
  >       restartPolicy: Never
  >       containers:
  >       - name: work
  >         image: busybox:1.36
  >         command: ["sleep", "10"]
  > EOF
  job.batch/batch created
  $ lab wait 5s
  $ kubectl get job batch -o jsonpath='{.status.active} active, {.status.ready} ready, {.status.succeeded} done'
  2 active, 2 ready,  done (no-eol)
  $ lab wait 12s
  $ kubectl get job batch -o jsonpath='{.status.active} active, {.status.ready} ready, {.status.succeeded} done'
  2 active, 2 ready, 2 done (no-eol)
  $ lab wait 26s
  $ kubectl get job batch --no-headers
  batch   Complete   5/5   36s   43s

One that fails is tried again, with a pause that doubles: 10 s, 20 s, 40 s.

  $ kubectl apply -f - <<'EOF'
  > apiVersion: batch/v1
  > kind: Job
  > metadata:
  >   name: broken
  > spec:
  >   backoffLimit: 2
  >   template:
  >     spec:
  >       restartPolicy: Never
  >       containers:
  >       - name: work
  >         image: busybox:1.36
  >         command: ["sh", "-c", "echo no luck; exit 3"]
  > EOF
  job.batch/broken created
  $ lab wait 8s
  $ kubectl get pods -l job-name=broken --no-headers
  broken-?????   0/1   Error   0     8s (glob)
  $ lab wait 10s
  $ kubectl get pods -l job-name=broken --no-headers | wc -l
  2
  $ lab until 60s 'kubectl wait --for=condition=failed job/broken --timeout=0s'
  $ kubectl get pods -l job-name=broken --no-headers --sort-by=.metadata.creationTimestamp
  broken-?????   0/1   Error   0     33s (glob)
  broken-?????   0/1   Error   0     22s (glob)
  broken-?????   0/1   Error   0     2s (glob)
  $ kubectl get job broken
  NAME     STATUS   COMPLETIONS   DURATION   AGE
  broken   Failed   0/1           33s        33s
  $ kubectl get job broken -o jsonpath='{range .status.conditions[*]}{.type} {.reason}: {.message}{"\n"}{end}'
  FailureTarget BackoffLimitExceeded: Job has reached the specified backoff limit
  Failed BackoffLimitExceeded: Job has reached the specified backoff limit
  $ kubectl get events --field-selector involvedObject.name=broken -o custom-columns=TYPE:.type,REASON:.reason --no-headers
  Normal    SuccessfulCreate
  Normal    SuccessfulCreate
  Normal    SuccessfulCreate
  Warning   BackoffLimitExceeded

Each pod of an indexed Job has a number of its own. An index may use up its own back-off limit.

  $ kubectl apply -f - <<'EOF'
  > apiVersion: batch/v1
  > kind: Job
  > metadata:
  >   name: indexed
  > spec:
  >   completions: 4
  >   parallelism: 4
  >   completionMode: Indexed
  >   backoffLimitPerIndex: 1
  >   template:
  >     spec:
  >       restartPolicy: Never
  >       containers:
  >       - name: work
  >         image: busybox:1.36
  >         command: ["sh", "-c", "echo $JOB_COMPLETION_INDEX on $(hostname); if [ $JOB_COMPLETION_INDEX = 2 ]; then exit 1; fi"]
  > EOF
  job.batch/indexed created
  $ lab wait 5s
  $ kubectl get pods -l job-name=indexed --no-headers
  indexed-0-?????   0/1   Completed   0     5s (glob)
  indexed-1-?????   0/1   Completed   0     5s (glob)
  indexed-2-?????   0/1   Error       0     5s (glob)
  indexed-3-?????   0/1   Completed   0     5s (glob)
  $ kubectl logs -l job-name=indexed,batch.kubernetes.io/job-completion-index=3
  3 on indexed-3
  $ lab until 60s 'kubectl wait --for=condition=failed job/indexed --timeout=0s'
  $ kubectl get job indexed -o jsonpath='done {.status.completedIndexes}, lost {.status.failedIndexes}, {.status.failed} failed pods{"\n"}{.status.conditions[-1:].message}{"\n"}'
  done 0,1,3, lost 2, 2 failed pods
  Job has failed indexes

A policy says which exit codes are worth another try.

  $ kubectl apply -f - <<'EOF'
  > apiVersion: batch/v1
  > kind: Job
  > metadata:
  >   name: picky
  > spec:
  >   completions: 3
  >   parallelism: 3
  >   podFailurePolicy:
  >     rules:
  >     - action: FailJob
  >       onExitCodes: { containerName: work, operator: In, values: [42] }
  >   template:
  >     spec:
  >       restartPolicy: Never
  >       containers:
  >       - name: work
  >         image: busybox:1.36
  >         command: ["sh", "-c", "sleep 5; exit 42"]
  > EOF
  job.batch/picky created
  $ lab until 60s 'kubectl wait --for=condition=failed job/picky --timeout=0s'
  $ kubectl get job picky -o jsonpath='{.status.failed} {.status.conditions[-1:].reason}: {.status.conditions[-1:].message}{"\n"}'
  3 PodFailurePolicy: Container work for pod default/picky-????? failed with exit code 42 matching FailJob rule at index 0 (glob)

With restartPolicy OnFailure the kubelet starts containers anew in the same pod.

  $ kubectl apply -f - <<'EOF'
  > apiVersion: batch/v1
  > kind: Job
  > metadata:
  >   name: again
  > spec:
  >   backoffLimit: 2
  >   template:
  >     spec:
  >       restartPolicy: OnFailure
  >       containers:
  >       - name: work
  >         image: busybox:1.36
  >         command: ["false"]
  > EOF
  job.batch/again created
  $ lab wait 5s
  $ kubectl get pods -l job-name=again --no-headers
  again-?????   0/1   CrashLoopBackOff   1 (4s ago)   5s (glob)
  $ lab until 120s 'kubectl wait --for=condition=failed job/again --timeout=0s'
  $ kubectl get job again -o jsonpath='{.status.conditions[-1:].reason}{"\n"}'
  BackoffLimitExceeded
  $ lab wait 60s
  $ kubectl get pods -l job-name=again
  No resources found in default namespace.

A suspended Job has no pods; its clock begins when it resumes. A deadline ends it.

  $ kubectl apply -f - <<'EOF'
  > apiVersion: batch/v1
  > kind: Job
  > metadata:
  >   name: later
  > spec:
  >   suspend: true
  >   activeDeadlineSeconds: 20
  >   template:
  >     spec:
  >       restartPolicy: Never
  >       terminationGracePeriodSeconds: 1
  >       containers:
  >       - name: work
  >         image: busybox:1.36
  >         command: ["sleep", "3600"]
  > EOF
  job.batch/later created
  $ lab wait 5s
  $ kubectl get job later
  NAME    STATUS      COMPLETIONS   DURATION   AGE
  later   Suspended   0/1                      5s
  $ kubectl patch job later --type=merge -p '{"spec":{"suspend":false}}'
  job.batch/later patched
  $ lab wait 10s
  $ kubectl get job later
  NAME    STATUS    COMPLETIONS   DURATION   AGE
  later   Running   0/1           10s        15s
  $ lab wait 20s
  $ kubectl get job later
  NAME    STATUS   COMPLETIONS   DURATION   AGE
  later   Failed   0/1           30s        35s
  $ kubectl get events --field-selector involvedObject.name=later -o custom-columns=TYPE:.type,REASON:.reason,MESSAGE:.message --no-headers
  Normal    Suspended          Job suspended
  Normal    SuccessfulCreate   Created pod: later-????? (glob)
  Normal    Resumed            Job resumed
  Normal    SuccessfulDelete   Deleted pod: later-????? (glob)
  Warning   DeadlineExceeded   Job was active longer than specified deadline

A pod that has to leave its node is no fault of the Job's: the policy ignores it, and another takes its place.

  $ kubectl apply -f - <<'EOF'
  > apiVersion: batch/v1
  > kind: Job
  > metadata:
  >   name: moved
  > spec:
  >   backoffLimit: 0
  >   podFailurePolicy:
  >     rules:
  >     - action: Ignore
  >       onPodConditions: [{ type: DisruptionTarget }]
  >   template:
  >     spec:
  >       restartPolicy: Never
  >       terminationGracePeriodSeconds: 1
  >       containers:
  >       - name: work
  >         image: busybox:1.36
  >         command: ["sleep", "20"]
  > EOF
  job.batch/moved created
  $ lab wait 5s
  $ kubectl drain $(kubectl get pods -l job-name=moved -o jsonpath='{.items[0].spec.nodeName}') --ignore-daemonsets 2>/dev/null | tail -1 | sed 's/worker-./X/'
  node/X drained
  $ lab until 60s 'kubectl wait --for=condition=complete job/moved --timeout=0s'
  $ kubectl get job moved -o jsonpath='{.status.succeeded} succeeded, {.status.failed} failed{"\n"}'
  1 succeeded,  failed

A finished Job with a time to live is cleaned up, its pods first.

  $ kubectl apply -f - <<'EOF'
  > apiVersion: batch/v1
  > kind: Job
  > metadata:
  >   name: brief
  > spec:
  >   ttlSecondsAfterFinished: 20
  >   template:
  >     spec:
  >       restartPolicy: Never
  >       containers:
  >       - name: work
  >         image: perl:5.34
  >         command: ["perl", "-Mbignum=bpi", "-wle", "print bpi(30)"]
  > EOF
  job.batch/brief created
  $ kubectl wait --for=condition=complete job/brief --timeout=60s
  job.batch/brief condition met
  $ kubectl logs job/brief
  3.14159265358979323846264338328
  $ lab wait 15s
  $ kubectl get job brief --no-headers | awk '{print $1, $2}'
  brief Complete
  $ lab wait 10s
  $ kubectl get job,pod -l job-name=brief
  No resources found in default namespace.

A deleted Job takes its pods along.

  $ kubectl delete job --all
  job.batch "again" deleted
  job.batch "batch" deleted
  job.batch "broken" deleted
  job.batch "hello" deleted
  job.batch "indexed" deleted
  job.batch "later" deleted
  job.batch "moved" deleted
  job.batch "picky" deleted
  $ lab wait 5s
  $ kubectl get jobs,pods
  No resources found in default namespace.
  $ lab check
