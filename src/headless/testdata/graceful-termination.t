A preStop hook runs before the containers are told to stop.

  $ lab topology basic --seed 4
  $ kubectl apply -f - <<'YAML'
  > apiVersion: v1
  > kind: Pod
  > metadata: {name: slow-leaver}
  > spec:
  >   terminationGracePeriodSeconds: 20
  >   containers:
  >   - name: c
  >     image: nginx:1.27
  >     lifecycle:
  >       preStop:
  >         exec: {command: ["sh", "-c", "sleep 8"]}
  > YAML
  pod/slow-leaver created
  $ lab until 60s 'kubectl wait --for=condition=Ready pod/slow-leaver --timeout=0s'
  $ kubectl delete pod slow-leaver --wait=false
  pod "slow-leaver" deleted
  $ lab wait 6s
  $ kubectl get pod slow-leaver --no-headers
  slow-leaver   1/1   Terminating   0     \ds (re)
  $ lab wait 5s
  $ kubectl get pod slow-leaver
  Error from server (NotFound): pods "slow-leaver" not found
  [1]
  $ kubectl get events --field-selector involvedObject.name=slow-leaver -o custom-columns=REASON:.reason,MESSAGE:.message --no-headers
  Scheduled   Successfully assigned default/slow-leaver to worker-1
  Pulling     Pulling image "nginx:1.27"
  Pulled      Successfully pulled image "nginx:1.27" in 1.237s (1.237s including waiting). Image size: 72586270 bytes.
  Created     Created container: c
  Started     Started container c
  Killing     Stopping container c

A preStop hook that takes longer than the grace period is cut off.

  $ kubectl run stubborn --image=nginx:1.27 --overrides='{"spec":{"terminationGracePeriodSeconds":5,"containers":[{"name":"stubborn","image":"nginx:1.27","lifecycle":{"preStop":{"exec":{"command":["sleep","60"]}}}}]}}'
  pod/stubborn created
  $ lab until 60s 'kubectl wait --for=condition=Ready pod/stubborn --timeout=0s'
  $ kubectl delete pod stubborn --wait=false
  pod "stubborn" deleted
  $ lab wait 4s
  $ kubectl get pod stubborn --no-headers
  stubborn   1/1   Terminating   0     5s
  $ lab wait 6s
  $ kubectl get pod stubborn
  Error from server (NotFound): pods "stubborn" not found
  [1]
  $ kubectl get events --field-selector involvedObject.name=stubborn -o custom-columns=REASON:.reason,MESSAGE:.message --no-headers | tail -2
  Killing             Stopping container stubborn
  FailedPreStopHook   PreStopHook failed
