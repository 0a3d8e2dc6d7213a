# A Deployment that is paused, scaled in the middle of a rollout, and given up waiting for

  $ lab topology basic --seed 7
  $ kubectl create deployment web --image=nginx:1.26 --replicas=4
  deployment.apps/web created
  $ kubectl rollout status deploy/web | tail -1
  deployment "web" successfully rolled out
  $ cat > sets.sh <<'EOF'
  > kubectl get rs -l app=web --no-headers | awk '{print $2, $3, $4}' | sort
  > EOF

While it is paused it is scaled, but its new template waits.

  $ kubectl rollout pause deploy/web
  deployment.apps/web paused
  $ kubectl set image deploy/web nginx=nginx:nope
  deployment.apps/web image updated
  $ kubectl scale deploy/web --replicas=8
  deployment.apps/web scaled
  $ lab wait 5s
  $ sh sets.sh
  8 8 8
  $ kubectl get deploy web -o jsonpath='{range .status.conditions[*]}{.type} {.status} {.reason}: {.message}{"\n"}{end}'
  Progressing Unknown DeploymentPaused: Deployment is paused
  Available True MinimumReplicasAvailable: Deployment has minimum availability.
  $ kubectl rollout resume deploy/web
  deployment.apps/web resumed
  $ lab wait 10s
  $ sh sets.sh
  4 4 0
  6 6 6

Scaled in the middle of a rollout, both sets grow in proportion.

  $ kubectl scale deploy/web --replicas=16
  deployment.apps/web scaled
  $ lab wait 5s
  $ sh sets.sh
  12 12 12
  8 8 0

A rollout that makes no progress for too long says so, and goes on waiting. Undone, it has made progress.

  $ kubectl patch deploy web -p '{"spec":{"progressDeadlineSeconds":30}}'
  deployment.apps/web patched
  $ lab wait 40s
  $ kubectl get deploy web -o jsonpath='{.status.conditions[?(@.type=="Progressing")].reason}{"\n"}'
  ProgressDeadlineExceeded
  $ kubectl rollout status deploy/web
  error: deployment "web" exceeded its progress deadline
  [1]
  $ kubectl rollout undo deploy/web
  deployment.apps/web rolled back
  $ kubectl rollout status deploy/web | tail -1
  deployment "web" successfully rolled out
  $ kubectl get deploy web -o jsonpath='{.status.conditions[?(@.type=="Progressing")].reason}{"\n"}'
  NewReplicaSetAvailable
  $ kubectl rollout history deploy/web | sed 1,2d
  2         <none>
  3         <none>
  

Only so many old sets are kept.

  $ kubectl patch deploy web -p '{"spec":{"revisionHistoryLimit":1}}'
  deployment.apps/web patched
  $ for i in 1 2 3; do kubectl set env deploy/web N=$i > /dev/null; kubectl rollout status deploy/web | tail -1; done
  deployment "web" successfully rolled out
  deployment "web" successfully rolled out
  deployment "web" successfully rolled out
  $ lab wait 2s
  $ sh sets.sh
  0 0 0
  16 16 16

A pod that is going still serves until it is gone, but is not ready any more for who asks that.

  $ kubectl apply -f - <<'EOF'
  > apiVersion: v1
  > kind: Service
  > metadata: {name: slow}
  > spec: {selector: {app: slow}, ports: [{port: 80}]}
  > ---
  > apiVersion: v1
  > kind: Pod
  > metadata: {name: slow, labels: {app: slow}}
  > spec:
  >   containers:
  >   - {name: c, image: busybox:1.36, command: [sh, -c, 'trap "" TERM; sleep 600']}
  > EOF
  service/slow created
  pod/slow created
  $ lab until 30s 'kubectl wait pod/slow --for=condition=Ready --timeout=0s'
  $ kubectl delete pod slow --wait=false
  pod "slow" deleted
  $ lab wait 2s
  $ kubectl get endpointslices -l kubernetes.io/service-name=slow -o jsonpath='{.items[0].endpoints[*].conditions}{"\n"}'
  {"ready":false,"serving":true,"terminating":true}
  $ lab wait 40s
  $ kubectl get endpointslices -l kubernetes.io/service-name=slow --no-headers | awk '{print $2, $3, $4}'
  IPv4 <unset> <unset>
  $ kubectl get endpointslices -l kubernetes.io/service-name=slow -o json | jq -c '.items[] | {endpoints}'
  {"endpoints":null}
  $ lab check
