A worker whose clock is wrong by minutes stays Ready: the control plane goes by its own clock and looks only whether the
Lease changes. What it writes carries its own time.

  $ lab topology basic --seed 5
  $ lab fail clock-skew worker-2 by=5m
  $ lab wait 60s
  $ kubectl get nodes --no-headers | awk '{print $1, $2}'
  control-plane-1 Ready
  worker-1 Ready
  worker-2 Ready
  worker-3 Ready
  $ date -u; kubectl get lease -n kube-node-lease worker-2 -o jsonpath='{.spec.renewTime}{"\n"}'
  Fri Nov 20 09:01:20 UTC 2026
  2026-11-20T09:06:1\d.\d+Z (re)

One that lives two years in the past believes no certificate: none is valid yet. It cannot report, and is given up after
the grace period.

  $ lab fail clock-skew worker-3 by=-17520h
  $ lab wait 60s
  $ kubectl get nodes --no-headers | awk '{print $1, $2}'
  control-plane-1 Ready
  worker-1 Ready
  worker-2 Ready
  worker-3 NotReady
  $ ssh worker-3 journalctl -u kubelet --no-pager -n 1
  .*"Error updating node status, will retry" err="error getting node \\"worker-3\\": tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2024-11-20T09:02:20Z is before 2026-11-20T08:55:00Z" (re)
  $ lab heal
  $ lab until 30s 'test $(kubectl get nodes --no-headers | grep -cw Ready) = 4'
