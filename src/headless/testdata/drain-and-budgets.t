A drain evicts pods one by one, and a disruption budget says how many may be missing. What it cannot spare waits.

  $ lab topology basic --seed 5
  $ kubectl create deployment web --image=nginx:1.27 --replicas=3
  deployment.apps/web created
  $ kubectl rollout status deploy/web --timeout=60s > /dev/null
  $ kubectl create poddisruptionbudget web --selector=app=web --min-available=3
  poddisruptionbudget.policy/web created
  $ lab wait 1s
  $ kubectl drain worker-1 --ignore-daemonsets --timeout=8s 2>&1 | grep -E 'will retry|timed out|unable' | sed 's/web-[^" ]*/web-x/' | sort | uniq -c | sed 's/^ *//'
  2 error when evicting pods/"web-x" -n "default" (will retry after 5s): Cannot evict pod as it would violate the pod's disruption budget.
  1 error: unable to drain node "worker-1" due to error: error when evicting pods/"web-x" -n "default": global timeout reached: 8s, continuing command...

With one to spare it goes, one pod after the other.

  $ kubectl patch pdb web -p '{"spec": {"minAvailable": 2}}'
  poddisruptionbudget.policy/web patched
  $ lab wait 1s
  $ kubectl drain worker-1 --ignore-daemonsets 2> /dev/null | tail -1
  node/worker-1 drained
  $ lab wait 5s
  $ kubectl get deploy web --no-headers | awk '{print $2}'
  3/3
  $ kubectl get pdb web
  NAME   MIN AVAILABLE   MAX UNAVAILABLE   ALLOWED DISRUPTIONS   AGE
  web    2               N/A               1                     \d+s (re)

A pod under two budgets cannot be evicted at all.

  $ kubectl create poddisruptionbudget more --selector=app=web --min-available=1
  poddisruptionbudget.policy/more created
  $ NODE=$(kubectl get pods -l app=web -o jsonpath='{.items[0].spec.nodeName}')
  $ kubectl drain $NODE --ignore-daemonsets --timeout=3s 2>&1 | grep -o 'This pod has more than one[^.]*' | sort -u
  This pod has more than one PodDisruptionBudget, which the eviction subresource does not support
