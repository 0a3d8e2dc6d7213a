# etcd on a slow disk

An fsync that takes half a second makes the leader's beats late and every request slow.

  $ lab topology ha --seed 5
  $ leader=$(lab status | awk '$1=="etcd" && $5=="leader," {print $2}')
  $ lab fail disk-slow $leader factor=600
  $ lab wait 10s
  $ kubectl -n kube-system logs etcd-$leader | jq -r 'select(.level=="warn") | .msg' | sort -u
  apply request took too long
  leader failed to send out heartbeat on time; took too long, leader is overloaded likely from slow disk
  $ lab status | grep etcd | grep -c leader
  1

One of several seconds costs it the leadership: the others hear nothing from it for longer than they wait.

  $ lab heal
  $ lab fail disk-slow $leader factor=3000
  $ lab wait 20s
  $ lab status | grep -w "$leader" | awk '$1=="etcd" {print $5}'
  follower
  $ kubectl -n kube-system logs etcd-$leader | jq -r 'select(.level=="warn") | .msg' | sort -u
  apply request took too long
  leader failed to send out heartbeat on time; took too long, leader is overloaded likely from slow disk
  slow fdatasync
  $ kubectl create configmap works --from-literal=a=b
  configmap/works created

Mended it follows, and nobody wants another election.

  $ lab heal
  $ lab wait 20s
  $ lab status | grep etcd | awk '{print $3}' | sort | uniq -c
     3 running
  $ etcdctl endpoint health --cluster | awk '{print $3}' | sort | uniq -c
     3 healthy:
  $ lab check
