# Taint, cordon, drain

  $ lab topology basic --seed 7
  $ kubectl create deployment web --image=nginx:1.27 --replicas=3
  deployment.apps/web created
  $ kubectl rollout status deploy/web | tail -1
  deployment "web" successfully rolled out
  $ kubectl taint nodes worker-1 dedicated=db:NoSchedule
  node/worker-1 tainted
  $ kubectl scale deploy/web --replicas=6
  deployment.apps/web scaled
  $ kubectl rollout status deploy/web | tail -1
  deployment "web" successfully rolled out
  $ kubectl get pods -o wide --no-headers | awk '{print $7}' | sort | uniq -c
     1 worker-1
     2 worker-2
     3 worker-3
  $ kubectl taint nodes worker-1 dedicated-
  node/worker-1 untainted
  $ kubectl drain worker-2 --ignore-daemonsets 2>&1 | sed -E 's/(web|kube-proxy|coredns)-[a-z0-9]+(-[a-z0-9]+)?/\1-X/g' | sort | uniq -c
     2 evicting pod default/web-X
     1 evicting pod kube-system/coredns-X
     1 node/worker-2 cordoned
     1 node/worker-2 drained
     1 pod/coredns-X evicted
     2 pod/web-X evicted
     1 Warning: ignoring DaemonSet-managed Pods: kube-system/kube-proxy-X
  $ kubectl get nodes --no-headers | awk '{print $1, $2}'
  control-plane-1 Ready
  worker-1 Ready
  worker-2 Ready,SchedulingDisabled
  worker-3 Ready
  $ kubectl rollout status deploy/web | tail -1
  deployment "web" successfully rolled out
  $ kubectl get pods -o wide --no-headers | awk '{print $7}' | sort | uniq -c
     3 worker-1
     3 worker-3
  $ kubectl uncordon worker-2
  node/worker-2 uncordoned
  $ kubectl get nodes --no-headers | awk '{print $1, $2}'
  control-plane-1 Ready
  worker-1 Ready
  worker-2 Ready
  worker-3 Ready

Too big for every node:

  $ kubectl run big --image=nginx:1.27 --overrides='{"spec":{"containers":[{"name":"big","image":"nginx:1.27","resources":{"requests":{"cpu":"64"}}}]}}'
  pod/big created
  $ lab wait 2s
  $ kubectl get events --field-selector reason=FailedScheduling -o jsonpath='{.items[0].message}'
  0/4 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 3 Insufficient cpu. preemption: 0/4 nodes are available: 1 Preemption is not helpful for scheduling, 3 No preemption victims found for incoming pod. (no-eol)
  $ lab check
