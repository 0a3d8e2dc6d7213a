# Without a controller-manager nothing heals itself

  $ lab topology basic --seed 7
  $ kubectl create deployment web --image=nginx:1.27 --replicas=3
  deployment.apps/web created
  $ kubectl rollout status deploy/web | tail -1
  deployment "web" successfully rolled out
  $ lab fail stop kube-controller-manager@control-plane-1
  $ kubectl delete pod $(kubectl get pods -l app=web -o jsonpath='{.items[0].metadata.name}') | sed 's/web-[a-z0-9-]*/web-X/'
  pod "web-X" deleted
  $ lab wait 60s
  $ kubectl get pods -l app=web --no-headers | wc -l
  2
  $ kubectl scale deploy/web --replicas=5
  deployment.apps/web scaled
  $ lab wait 30s
  $ kubectl get pods -l app=web --no-headers | wc -l
  2
  $ lab heal
  $ lab until 60s 'test $(kubectl get deploy web -o jsonpath={.status.readyReplicas}) -eq 5'

With three of them a standby takes over when the leader falls silent.

  $ lab topology ha --seed 7
  $ lab status | grep controller-manager | awk '{print $5}' | sort
  leader
  standby
  standby
  $ leader=$(lab status | awk '$1=="kube-controller-manager" && $5=="leader" {print $2}')
  $ lab fail stop kube-controller-manager@$leader
  $ lab wait 25s
  $ lab status | grep controller-manager | awk '{print $3, $5}' | sort
  running leader
  running standby
  stopped -
  $ kubectl create deployment web --image=nginx:1.27
  deployment.apps/web created
  $ lab until 60s 'kubectl wait --for=condition=Available deploy/web --timeout=0s'
  $ lab check
