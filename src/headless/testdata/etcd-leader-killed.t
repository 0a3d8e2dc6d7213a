# The etcd leader dies

  $ lab topology ha --seed 3
  $ ssh control-plane-1 etcdctl member list
  55fcbe0adaa45350, started, control-plane-3, https://10.0.0.13:2380, https://10.0.0.13:2379, false
  cebdf10928a06f3c, started, control-plane-1, https://10.0.0.11:2380, https://10.0.0.11:2379, false
  f7a9c20602b8532e, started, control-plane-2, https://10.0.0.12:2380, https://10.0.0.12:2379, false
  $ lab status | grep etcd | awk '{print $1, $2, $5, $6, $7}'
  etcd control-plane-1 follower  
  etcd control-plane-2 leader, term 2
  etcd control-plane-3 follower  
  $ leader=$(lab status | awk '$1=="etcd" && $5=="leader," {print $2}')
  $ lab fail stop etcd@$leader
  $ lab wait 3s
  $ lab status | grep etcd | awk '{print $1, $3, $5, $6, $7}' | sort
  etcd running follower  
  etcd running leader, term 3
  etcd stopped -  
  $ lab until 30s 'kubectl create configmap after --from-literal=leader=gone'
  $ kubectl get configmap after -o jsonpath='{.data.leader}'
  gone (no-eol)
  $ lab heal
  $ lab wait 30s
  $ ssh control-plane-1 etcdctl endpoint health --cluster | awk '{print $3}' | sort | uniq -c
     3 healthy:
  $ lab check
