# A member whose disk is lost is replaced

  $ lab topology ha --seed 5
  $ lab wait 10s
  $ etcdctl put kept yes
  OK
  $ lab fail disk-wipe control-plane-3
  $ lab wait 20s

It cannot come back by itself: the others know it with the data that it had.

  $ ssh control-plane-3 'etcdctl endpoint health 2>&1 | tail -1'
  Error: unhealthy cluster
  $ lab status | grep etcd | awk '{print $2, $3}'
  control-plane-1 running
  control-plane-2 running
  control-plane-3 crashed
  $ etcdctl put more yes
  OK

It is removed and added again; an empty member may then join. Its kubelet must have stopped the old one first, or that
would begin anew with the identity of the one that was removed. Until the new one has started, no other may be added.

  $ ssh control-plane-3 'mv /etc/kubernetes/manifests/etcd.yaml /root/'
  $ lab wait 25s
  $ ssh control-plane-3 'rm -rf /var/lib/etcd'
  $ etcdctl member remove $(etcdctl member list | awk -F', ' '$3=="control-plane-3"{print $1}')
  Member 55fcbe0adaa45350 removed from cluster 1889f2eebf07c41a
  $ etcdctl member add control-plane-3 --peer-urls=https://10.0.0.13:2380 | sed 's/^Member [0-9a-f]*/Member ID/'
  Member ID added to cluster 1889f2eebf07c41a
  
  ETCD_NAME="control-plane-3"
  ETCD_INITIAL_CLUSTER="control-plane-3=https://10.0.0.13:2380,control-plane-1=https://10.0.0.11:2380,control-plane-2=https://10.0.0.12:2380"
  ETCD_INITIAL_ADVERTISE_PEER_URLS="https://10.0.0.13:2380"
  ETCD_INITIAL_CLUSTER_STATE="existing"
  $ etcdctl member list | awk -F', ' '{print $2, $3, $4}'
  unstarted  https://10.0.0.13:2380
  started control-plane-1 https://10.0.0.11:2380
  started control-plane-2 https://10.0.0.12:2380
  $ etcdctl member add another --peer-urls=https://10.0.0.14:2380 2>&1 | tail -1
  Error: etcdserver: re-configuration failed due to not enough started members
  $ ssh control-plane-3 'sed -i "s#- --initial-cluster=.*#&\n    - --initial-cluster-state=existing#" /root/etcd.yaml && mv /root/etcd.yaml /etc/kubernetes/manifests/'
  $ lab until 90s 'ssh control-plane-3 etcdctl endpoint health'
  $ ssh control-plane-3 'etcdctl get --consistency=s more'
  more
  yes
  $ etcdctl endpoint status --cluster -w json | jq -r '.[].Status | "\(.raftAppliedIndex == .raftIndex) \(.isLearner == true)"'
  true false
  true false
  true false
  $ etcdctl endpoint hashkv --cluster | awk '{print $2}' | sort -u | wc -l
  1

A learner would have been safer: it has no vote until it has caught up. There may be one, and it is promoted in good time.

  $ lab wait 10s
  $ etcdctl member add control-plane-4 --learner --peer-urls=https://10.0.0.19:2380 | head -1 | cut -d' ' -f1,3-
  Member added to cluster 1889f2eebf07c41a
  $ etcdctl member add control-plane-5 --learner --peer-urls=https://10.0.0.18:2380 2>&1 | tail -1
  Error: etcdserver: too many learner members in cluster
  $ learner=$(etcdctl member list | awk -F', ' '$6=="true"{print $1}')
  $ etcdctl member promote $learner 2>&1 | tail -1
  Error: etcdserver: can only promote a learner member which is in sync with leader
  $ etcdctl member remove $learner | cut -d' ' -f1,3-
  Member removed from cluster 1889f2eebf07c41a
  $ lab until 60s 'kubectl get --raw /readyz'
  $ lab check
