A CronJob makes a Job whenever its schedule comes round.

  $ lab topology single --seed 7
  $ kubectl create cronjob report --image=busybox:1.36 --schedule='*/30 * * * *' -- sh -c 'date; sleep 5'
  cronjob.batch/report created
  $ kubectl get cronjob report
  NAME     SCHEDULE       TIMEZONE   SUSPEND   ACTIVE   LAST SCHEDULE   AGE
  report   */30 * * * *   <none>     False     0        <none>          0s
  $ lab wait 30m
  $ kubectl get cronjobs,jobs
  NAME                   SCHEDULE       TIMEZONE   SUSPEND   ACTIVE   LAST SCHEDULE   AGE
  cronjob.batch/report   */30 * * * *   <none>     False     0        20s             30m
  
  NAME                        STATUS     COMPLETIONS   DURATION   AGE
  job.batch/report-29919450   Complete   1/1           7s         20s
  $ kubectl get job -o jsonpath='{.items[0].metadata.annotations}{"\n"}'
  \{"batch\.kubernetes\.io/cronjob-scheduled-timestamp":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"\} (re)

Over a day it has made 48 of them. The last three that succeeded are kept.

  $ lab wait 23h30m
  $ kubectl get cronjob report
  NAME     SCHEDULE       TIMEZONE   SUSPEND   ACTIVE   LAST SCHEDULE   AGE
  report   */30 * * * *   <none>     False     0        20s             24h
  $ kubectl get jobs
  NAME              STATUS     COMPLETIONS   DURATION   AGE
  report-29920800   Complete   1/1           7s         60m
  report-29920830   Complete   1/1           7s         30m
  report-29920860   Complete   1/1           7s         20s
  $ kubectl get cronjob report -o jsonpath='{.status.lastScheduleTime} {.status.lastSuccessfulTime}{"\n"}'
  \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ (re)
  $ kubectl get events --field-selector involvedObject.name=report --no-headers | awk '{print $3}' | sort | uniq -c
     3 SawCompletedJob
     3 SuccessfulCreate
     3 SuccessfulDelete

A Job can be made from it at any time.

  $ kubectl create job now --from=cronjob/report
  job.batch/now created
  $ kubectl wait --for=condition=complete job/now --timeout=60s
  job.batch/now condition met
  $ kubectl get job now -o jsonpath='{.metadata.annotations}{"\n"}'
  {"cronjob.kubernetes.io/instantiate":"manual"}

While suspended it makes none. What it missed is made up for once when it goes on.

  $ kubectl patch cronjob report -p '{"spec":{"suspend":true}}'
  cronjob.batch/report patched
  $ lab wait 1h
  $ kubectl get cronjob report
  NAME     SCHEDULE       TIMEZONE   SUSPEND   ACTIVE   LAST SCHEDULE   AGE
  report   */30 * * * *   <none>     True      0        60m             25h
  $ kubectl patch cronjob report -p '{"spec":{"suspend":false}}'
  cronjob.batch/report patched
  $ lab wait 10s
  $ kubectl get cronjob report
  NAME     SCHEDULE       TIMEZONE   SUSPEND   ACTIVE   LAST SCHEDULE   AGE
  report   */30 * * * *   <none>     False     0        37s             25h
  $ kubectl delete cronjob report
  cronjob.batch "report" deleted
  $ lab wait 5s
  $ kubectl get cronjobs,jobs,pods
  No resources found in default namespace.

What should happen while the last one still runs is up to its concurrencyPolicy.

  $ for policy in Allow Forbid Replace; do sed "s/POLICY/$policy/; s/NAME/$(echo $policy | tr A-Z a-z)/" <<'EOF' | kubectl apply -f -; done
  > apiVersion: batch/v1
  > kind: CronJob
  > metadata:
  >   name: NAME
  > spec:
  >   schedule: "* * * * *"
  >   concurrencyPolicy: POLICY
  >   jobTemplate:
  >     spec:
  >       template:
  >         spec:
  >           restartPolicy: Never
  >           terminationGracePeriodSeconds: 1
  >           containers:
  >           - name: work
  >             image: busybox:1.36
  >             command: ["sleep", "100"]
  > EOF
  cronjob.batch/allow created
  cronjob.batch/forbid created
  cronjob.batch/replace created
  $ lab wait 3m
  $ kubectl get cronjobs
  NAME      SCHEDULE    TIMEZONE   SUSPEND   ACTIVE   LAST SCHEDULE   AGE
  allow     * * * * *   <none>     False     1        42s             3m
  forbid    * * * * *   <none>     False     1        102s            3m
  replace   * * * * *   <none>     False     1        42s             3m
  $ kubectl get events --field-selector involvedObject.kind=CronJob --no-headers | awk '{print $4, $3}' | sort | uniq -c
     2 cronjob/allow SawCompletedJob
     3 cronjob/allow SuccessfulCreate
     1 cronjob/forbid JobAlreadyActive
     1 cronjob/forbid SawCompletedJob
     2 cronjob/forbid SuccessfulCreate
     3 cronjob/replace SuccessfulCreate
     2 cronjob/replace SuccessfulDelete
     1 cronjob/report SawCompletedJob
     1 cronjob/report SuccessfulCreate
     1 cronjob/report SuccessfulDelete
  $ kubectl delete cronjob --all
  cronjob.batch "allow" deleted
  cronjob.batch "forbid" deleted
  cronjob.batch "replace" deleted

Schedules go by UTC, or by the clocks of a time zone.

  $ kubectl apply -f - <<'EOF'
  > apiVersion: batch/v1
  > kind: CronJob
  > metadata:
  >   name: evening
  > spec:
  >   schedule: "0 16 * * *"
  >   timeZone: Asia/Kolkata
  >   jobTemplate:
  >     spec:
  >       template:
  >         spec:
  >           restartPolicy: Never
  >           containers:
  >           - name: work
  >             image: busybox:1.36
  >             command: ["date"]
  > EOF
  cronjob.batch/evening created
  $ lab wait 1h
  $ kubectl get cronjob evening
  NAME      SCHEDULE     TIMEZONE       SUSPEND   ACTIVE   LAST SCHEDULE   AGE
  evening   0 16 * * *   Asia/Kolkata   False     0        33m             60m
  $ kubectl get jobs -o jsonpath='{.items[0].metadata.annotations.batch\.kubernetes\.io/cronjob-scheduled-timestamp}{"\n"}'
  2026-11-21T16:00:00+05:30
  $ lab check
