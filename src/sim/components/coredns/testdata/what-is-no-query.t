Who knocks at the DNS server's port without a query harms nobody.

  $ lab topology basic --seed 7
  $ kubectl run tools --image=busybox:1.36 -- sleep 3600
  pod/tools created
  $ kubectl wait --for=condition=Ready pod/tools --timeout=60s
  pod/tools condition met
  $ kubectl exec tools -- nc -z -w 1 10.96.0.10 53
  $ kubectl exec tools -- sh -c 'echo hello | nc -u -w 1 10.96.0.10 53'
  nc: timed out
  command terminated with exit code 1
  [1]
  $ kubectl exec tools -- sh -c 'echo hello | nc -w 1 10.96.0.10 53'
  $ kubectl exec tools -- nslookup kubernetes.default.svc.cluster.local | grep -A1 Name
  Name:\tkubernetes.default.svc.cluster.local (esc)
  Address: 10.96.0.1
