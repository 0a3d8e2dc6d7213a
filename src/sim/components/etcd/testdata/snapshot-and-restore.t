# All of etcd is lost, and comes back from a snapshot

A snapshot is taken from one member and copied to the other machines.

  $ lab topology ha --seed 5
  $ kubectl create deployment web --image=nginx:1.27 --replicas=2
  deployment.apps/web created
  $ kubectl rollout status deploy/web | tail -1
  deployment "web" successfully rolled out
  $ ssh control-plane-1 'etcdctl snapshot save /backup/etcd.db 2>/dev/null'
  Snapshot saved at /backup/etcd.db
  $ ssh control-plane-1 'etcdutl snapshot status /backup/etcd.db -w json' | jq -c keys
  ["hash","revision","totalKey","totalSize"]
  $ for n in 2 3; do scp control-plane-1:/backup/etcd.db control-plane-$n:/backup/; done
  $ ssh control-plane-2 'ls /backup'
  etcd.db
  $ kubectl create configmap after --from-literal=too=late
  configmap/after created

All three data disks are lost. The members begin a new, empty cluster, where nobody has ever been granted anything; what
runs goes on running.

  $ for n in 1 2 3; do lab fail disk-wipe control-plane-$n; done
  $ lab until 60s 'etcdctl endpoint health'
  $ lab wait 30s
  $ kubectl get deployments
  Error from server (Forbidden): deployments.apps is forbidden: User "kubernetes-admin" cannot list resource "deployments" in API group "apps" in the namespace "default"
  [1]
  $ for n in 1 2 3 4 5; do ssh worker-$n crictl ps; done | grep -c web-
  2

The control plane is stopped: its manifests are moved away.

  $ for n in 1 2 3; do ssh control-plane-$n 'mkdir -p /root/manifests && mv /etc/kubernetes/manifests/*.yaml /root/manifests/'; done
  $ lab wait 60s
  $ lab status | grep -E '^(etcd|kube-a|kube-s|kube-c)' | awk '{print $3}' | sort | uniq -c
    12 crashed

Each member gets a new data directory from the same snapshot, with its own name. What is there already is not overwritten.

  $ cluster=control-plane-1=https://10.0.0.11:2380,control-plane-2=https://10.0.0.12:2380,control-plane-3=https://10.0.0.13:2380
  $ ssh control-plane-1 "etcdutl snapshot restore /backup/etcd.db --data-dir /var/lib/etcd --name control-plane-1 --initial-cluster $cluster --initial-advertise-peer-urls https://10.0.0.11:2380"
  Error: data-dir "/var/lib/etcd" not empty or could not be read
  [1]
  $ for n in 1 2 3; do ssh control-plane-$n "mv /var/lib/etcd /root/etcd.empty; etcdutl snapshot restore /backup/etcd.db --data-dir /var/lib/etcd --name control-plane-$n --initial-cluster $cluster --initial-advertise-peer-urls https://10.0.0.1$n:2380 2>&1 | grep -c restored"; done
  1
  1
  1
  $ ssh control-plane-3 'ls /var/lib/etcd/member/snap /var/lib/etcd/member/wal'
  /var/lib/etcd/member/snap:
  0000000000000001-0000000000000003.snap
  db
  
  /var/lib/etcd/member/wal:
  0000000000000000-0000000000000000.wal
  $ for n in 1 2 3; do ssh control-plane-$n 'mv /root/manifests/*.yaml /etc/kubernetes/manifests/'; done
  $ lab until 120s 'kubectl wait --for=condition=Available deploy/web --timeout=0s'

What was there when the snapshot was taken is there; what came later is not.

  $ etcdctl member list
  55fcbe0adaa45350, started, control-plane-3, https://10.0.0.13:2380, https://10.0.0.13:2379, false
  cebdf10928a06f3c, started, control-plane-1, https://10.0.0.11:2380, https://10.0.0.11:2379, false
  f7a9c20602b8532e, started, control-plane-2, https://10.0.0.12:2380, https://10.0.0.12:2379, false
  $ kubectl get deployment web --no-headers | awk '{print $2, $3, $4}'
  2/2 2 2
  $ kubectl get configmap after
  Error from server (NotFound): configmaps "after" not found
  [1]
  $ lab until 60s 'test $(kubectl get nodes --no-headers | grep -cw Ready) = 8'
  $ kubectl scale deployment web --replicas=3
  deployment.apps/web scaled
  $ kubectl rollout status deploy/web | tail -1
  deployment "web" successfully rolled out
  $ etcdctl endpoint hashkv --cluster | awk '{print $2}' | sort -u | wc -l
  1
  $ lab check
