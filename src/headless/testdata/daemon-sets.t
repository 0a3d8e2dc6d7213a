A DaemonSet keeps a pod on each node that may have one. An update replaces them one by one.

  $ lab topology basic --seed 7
  $ kubectl apply -f - <<'EOF'
  > apiVersion: apps/v1
  > kind: DaemonSet
  > metadata:
  >   name: agent
  > spec:
  >   selector:
  >     matchLabels: { app: agent }
  >   template:
  >     metadata:
  >       labels: { app: agent }
  >     spec:
  >       containers:
  >       - name: agent
  >         image: nginx:1.26
  >         readinessProbe:
  >           httpGet: { port: 80 }
  >           initialDelaySeconds: 5
  >           periodSeconds: 2
  > EOF
  daemonset.apps/agent created
  $ kubectl rollout status ds/agent | sed -n '1,3p;$p'
  Waiting for daemon set spec update to be observed...
  Waiting for daemon set "agent" rollout to finish: 2 out of 3 new pods have been updated...
  Waiting for daemon set "agent" rollout to finish: 0 of 3 updated pods are available...
  daemon set "agent" successfully rolled out
  $ kubectl get ds agent --no-headers | awk '{print $2, $3, $4, $5, $6}'
  3 3 3 3 3
  $ kubectl get ds agent -o jsonpath='{.metadata.annotations.deprecated\.daemonset\.template\.generation}{"\n"}'
  1
  $ kubectl set image ds/agent agent=nginx:1.27
  daemonset.apps/agent image updated
  $ kubectl rollout status ds/agent
  Waiting for daemon set spec update to be observed...
  Waiting for daemon set "agent" rollout to finish: 0 out of 3 new pods have been updated...
  Waiting for daemon set "agent" rollout to finish: 0 out of 3 new pods have been updated...
  Waiting for daemon set "agent" rollout to finish: 0 out of 3 new pods have been updated...
  Waiting for daemon set "agent" rollout to finish: 1 out of 3 new pods have been updated...
  Waiting for daemon set "agent" rollout to finish: 1 out of 3 new pods have been updated...
  Waiting for daemon set "agent" rollout to finish: 1 out of 3 new pods have been updated...
  Waiting for daemon set "agent" rollout to finish: 1 out of 3 new pods have been updated...
  Waiting for daemon set "agent" rollout to finish: 2 out of 3 new pods have been updated...
  Waiting for daemon set "agent" rollout to finish: 2 out of 3 new pods have been updated...
  Waiting for daemon set "agent" rollout to finish: 2 out of 3 new pods have been updated...
  Waiting for daemon set "agent" rollout to finish: 2 out of 3 new pods have been updated...
  Waiting for daemon set "agent" rollout to finish: 2 of 3 updated pods are available...
  daemon set "agent" successfully rolled out
  $ kubectl get pods -l app=agent -o jsonpath='{.items[*].spec.containers[0].image}{"\n"}'
  nginx:1.27 nginx:1.27 nginx:1.27
  $ kubectl get pods -l app=agent -o jsonpath='{.items[*].metadata.labels.pod-template-generation}{"\n"}'
  2 2 2

An image that is not there takes one node out, no more. Undo brings the old template back, under a new number.

  $ kubectl set image ds/agent agent=nginx:nope
  daemonset.apps/agent image updated
  $ lab wait 60s
  $ kubectl get pods -l app=agent --no-headers | awk '{print $2, $3}' | sort
  0/1 ImagePullBackOff
  1/1 Running
  1/1 Running
  $ kubectl rollout history ds/agent
  daemonset.apps/agent 
  REVISION  CHANGE-CAUSE
  1         <none>
  2         <none>
  3         <none>
  
  $ kubectl rollout undo ds/agent
  daemonset.apps/agent rolled back
  $ kubectl rollout status ds/agent | tail -1
  daemon set "agent" successfully rolled out
  $ kubectl rollout history ds/agent
  daemonset.apps/agent 
  REVISION  CHANGE-CAUSE
  1         <none>
  3         <none>
  4         <none>
  
  $ kubectl rollout undo ds/agent --to-revision=1
  daemonset.apps/agent rolled back
  $ kubectl rollout status ds/agent | tail -1
  daemon set "agent" successfully rolled out
  $ kubectl get pods -l app=agent -o jsonpath='{.items[*].spec.containers[0].image}{"\n"}'
  nginx:1.26 nginx:1.26 nginx:1.26
  $ kubectl rollout undo ds/agent --to-revision=9
  error: unable to find specified revision 9 in history
  [1]
  $ kubectl rollout restart ds/agent
  daemonset.apps/agent restarted
  $ kubectl rollout status ds/agent | tail -1
  daemon set "agent" successfully rolled out

With a surge the new pod comes before the old one goes: no node is ever without.

  $ kubectl patch ds agent -p '{"spec":{"updateStrategy":{"rollingUpdate":{"maxSurge":1,"maxUnavailable":0}}}}'
  daemonset.apps/agent patched
  $ kubectl set image ds/agent agent=nginx:1.27
  daemonset.apps/agent image updated
  $ lab wait 3s
  $ kubectl get pods -l app=agent --no-headers | awk '{print $2, $3}' | sort
  0/1 Running
  1/1 Running
  1/1 Running
  1/1 Running
  $ kubectl get ds agent --no-headers | awk '{print $2, $3, $4, $5, $6}'
  3 3 3 0 3
  $ kubectl rollout status ds/agent | tail -1
  daemon set "agent" successfully rolled out
  $ kubectl get pods -l app=agent -o jsonpath='{.items[*].spec.containers[0].image}{"\n"}'
  nginx:1.27 nginx:1.27 nginx:1.27
  $ kubectl set image ds/agent agent=nginx:nope
  daemonset.apps/agent image updated
  $ lab wait 60s
  $ kubectl get pods -l app=agent --no-headers | awk '{print $2, $3}' | sort
  0/1 ImagePullBackOff
  1/1 Running
  1/1 Running
  1/1 Running
  $ kubectl rollout undo ds/agent
  daemonset.apps/agent rolled back
  $ lab wait 20s
  $ kubectl get pods -l app=agent --no-headers | awk '{print $2, $3}' | sort
  1/1 Running
  1/1 Running
  1/1 Running

With OnDelete nothing happens until somebody deletes the pods.

  $ kubectl patch ds agent -p '{"spec":{"updateStrategy":{"type":"OnDelete","rollingUpdate":null}}}'
  daemonset.apps/agent patched
  $ kubectl set image ds/agent agent=nginx:1.26
  daemonset.apps/agent image updated
  $ lab wait 10s
  $ kubectl get ds agent --no-headers | awk '{print $2, $3, $4, $5, $6}'
  3 3 3 0 3
  $ kubectl delete pod -l app=agent > /dev/null
  $ lab wait 15s
  $ kubectl get ds agent --no-headers | awk '{print $2, $3, $4, $5, $6}'
  3 3 3 3 3
  $ lab check
