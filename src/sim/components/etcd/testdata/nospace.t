# etcd's database is full, and the way out

A small quota, so that it does not take long.

  $ lab topology basic --seed 5
  $ ssh control-plane-1 'sed -i "s#- --snapshot-count=10000#&\n    - --quota-backend-bytes=4000000#" /etc/kubernetes/manifests/etcd.yaml && grep -c quota /etc/kubernetes/manifests/etcd.yaml'
  1
  $ lab wait 45s
  $ kubectl get nodes --no-headers | wc -l
  4

Somebody writes the same key again and again: every version is kept.

  $ for i in $(seq 1 60); do seq 1 20000 | etcdctl put /junk >/dev/null 2>/tmp/err || break; done; tail -1 /tmp/err
  Error: etcdserver: mvcc: database space exceeded
  $ etcdctl alarm list
  memberID:14897328164050071356 alarm:NOSPACE 
  $ etcdctl endpoint health
  127.0.0.1:2379 is unhealthy: failed to commit proposal: Active Alarm(s): NOSPACE 
  Error: unhealthy cluster
  [1]
  $ etcdctl endpoint status -w json | jq -c '.[0].Status.errors'
  ["memberID:14897328164050071356 alarm:NOSPACE "]

Nothing can be written, not even the lease that the leaders of the control plane hold. Everything can be read.

  $ kubectl create configmap refused --from-literal=a=b
  error: failed to create configmap: etcdserver: mvcc: database space exceeded
  [1]
  $ etcdctl get /junk --print-value-only | wc -l
  20001
  $ lab wait 30s
  $ lab status | grep -E 'scheduler|controller' | awk '{print $1, $3, $5}'
  kube-scheduler running standby
  kube-controller-manager running standby
  $ kubectl get nodes --no-headers | awk '{print $2}' | sort | uniq -c
     4 Ready

Compaction forgets the old versions: their pages are free, but the file is as long as before. Defragmentation writes it
anew. The alarm stays until somebody disarms it.

  $ sizes='.[0].Status | "\(if .dbSize > 3500000 then "a long file" else "a short file" end), \(if .dbSizeInUse * 2 > .dbSize then "full" else "mostly free" end)"'
  $ etcdctl endpoint status -w json | jq -r "$sizes"
  a long file, full
  $ etcdctl compact $(etcdctl endpoint status -w json | jq '.[0].Status.header.revision') | cut -d' ' -f1,2
  compacted revision
  $ etcdctl endpoint status -w json | jq -r "$sizes"
  a long file, mostly free
  $ etcdctl defrag | sed 's/took.*//'
  Finished defragmenting etcd member[127.0.0.1:2379]. 
  $ etcdctl endpoint status -w json | jq -r "$sizes"
  a short file, full
  $ kubectl create configmap refused --from-literal=a=b
  error: failed to create configmap: etcdserver: mvcc: database space exceeded
  [1]
  $ etcdctl alarm disarm
  memberID:14897328164050071356 alarm:NOSPACE 
  $ kubectl create configmap accepted --from-literal=a=b
  configmap/accepted created
  $ etcdctl endpoint health | awk '{print $1, $2, $3}'
  127.0.0.1:2379 is healthy:
  $ lab until 60s 'test $(lab status | grep -E "scheduler|controller" | grep -c leader) = 2'
  $ lab check
