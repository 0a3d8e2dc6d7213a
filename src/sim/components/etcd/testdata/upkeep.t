# What etcd's tools do for its upkeep

How fast the cluster takes writes: 150 a second for a minute. The keys are gone afterwards.

  $ lab topology basic --seed 5
  $ etcdctl check perf --auto-compact --auto-defrag > /tmp/perf; sed -E 's/[0-9.]+s$/Ns/; s/revision [0-9]+/revision N/' /tmp/perf
   60 / 60 Boooooooooooooooooooooooooooooooooooooooooooooooooooooooo! 100.00% 1mNs
  Compacting with revision N
  Compacted with revision N
  Defragmenting "127.0.0.1:2379"
  Defragmented "127.0.0.1:2379"
  PASS: Throughput is 151 writes/s
  PASS: Slowest request took Ns
  PASS: Stddev is Ns
  PASS
  $ etcdctl get /etcdctl-check-perf/ --prefix --keys-only | wc -l
  0
  $ etcdctl check perf --load=huge
  Error: unknown load option huge
  [4]

A snapshot's history has the same hash as the member's that it was taken from.

  $ ssh control-plane-1 'etcdctl snapshot save /root/etcd.db 2>/dev/null'
  Snapshot saved at /root/etcd.db
  $ revision=$(ssh control-plane-1 'etcdutl hashkv /root/etcd.db -w json' | jq .hashRevision)
  $ ssh control-plane-1 'etcdutl hashkv /root/etcd.db' | cut -d, -f1 > /tmp/of-file
  $ etcdctl endpoint hashkv --rev=$revision | cut -d' ' -f2 | diff /tmp/of-file - && echo same
  same
  $ ssh control-plane-1 'etcdutl hashkv /root/etcd.db --rev=999999999'
  Error: mvcc: required revision is a future revision
  [1]

A member that does not run is defragmented by its files.

  $ ssh control-plane-1 'mv /etc/kubernetes/manifests/etcd.yaml /root'
  $ lab wait 60s
  $ ssh control-plane-1 'etcdutl defrag --data-dir /var/lib/etcd 2>&1' | cut -f2-4
  info\tbackend/backend.go:497\tdefragmenting (esc)
  info\tbackend/backend.go:549\tfinished defragmenting directory (esc)
  $ ssh control-plane-1 'etcdutl defrag --data-dir /nowhere'
  Error: Failed to defragment etcd data[/nowhere] (open /nowhere/member/snap/db: no such file or directory)
  [1]
  $ ssh control-plane-1 'etcdutl defrag' 2>&1 | head -3
  Error: required flag(s) "data-dir" not set
  Usage:
    etcdutl defrag [flags]
  $ ssh control-plane-1 'mv /root/etcd.yaml /etc/kubernetes/manifests/'
  $ lab until 60s 'etcdctl endpoint health'
  $ etcdctl endpoint health | sed 's/took.*//'
  127.0.0.1:2379 is healthy: successfully committed proposal: 
