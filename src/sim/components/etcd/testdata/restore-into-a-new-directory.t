# A snapshot is restored beside the old data

The usual way with one member: the snapshot goes into a new directory, and the manifest's volume is pointed to it. The
kubelet sees the new manifest and starts etcd anew.

  $ lab topology basic --seed 5
  $ kubectl create configmap before --from-literal=a=b
  configmap/before created
  $ ssh control-plane-1 'etcdctl snapshot save /root/backup.db 2>/dev/null'
  Snapshot saved at /root/backup.db
  $ kubectl create configmap after --from-literal=too=late
  configmap/after created
  $ kubectl delete configmap before
  configmap "before" deleted
  $ before=$(etcdctl endpoint status -w json | jq '.[0].Status.header.revision')

Revisions would begin again where the snapshot ended, and who watches from a later one would miss what comes. So they go
on far above, and all before is compacted: whoever watches is told to list anew.

  $ ssh control-plane-1 'etcdutl snapshot restore /root/backup.db --bump-revision 1000000 --data-dir /var/lib/etcd-restored'
  Error: --mark-compacted required if --revision-bump > 0
  [128]
  $ ssh control-plane-1 'etcdutl snapshot restore /root/backup.db --bump-revision 1000000 --mark-compacted --data-dir /var/lib/etcd-restored --name control-plane-1 --initial-cluster control-plane-1=https://10.0.0.11:2380 --initial-advertise-peer-urls https://10.0.0.11:2380 2>/dev/null'
  $ ssh control-plane-1 'sed -i "s#path: /var/lib/etcd\$#path: /var/lib/etcd-restored#" /etc/kubernetes/manifests/etcd.yaml && grep -B1 -A2 restored /etc/kubernetes/manifests/etcd.yaml'
    - hostPath:
        path: /var/lib/etcd-restored
        type: DirectoryOrCreate
      name: etcd-data
  $ lab wait 45s
  $ lab until 60s 'kubectl get configmap before'
  $ kubectl get configmaps --no-headers | awk '{print $1}'
  before
  kube-root-ca.crt
  $ etcdctl endpoint status -w json | jq '.[0].Status.header.revision > 1000000'
  true
  $ etcdctl get / --prefix --rev=$before --keys-only 2>&1 | tail -1
  Error: etcdserver: mvcc: required revision has been compacted

Controllers, scheduler and kubelets go on by themselves.

  $ kubectl create deployment web --image=nginx:1.27 --replicas=3
  deployment.apps/web created
  $ lab until 60s 'kubectl wait --for=condition=Available deploy/web --timeout=0s'
  $ kubectl get pods --no-headers | awk '{print $2, $3}' | sort | uniq -c
     3 1/1 Running
  $ lab check

A lost data disk takes the new directory along.

  $ lab fail disk-wipe control-plane-1
  $ lab until 60s 'etcdctl endpoint health'
  $ etcdctl get /registry/configmaps/default/before --keys-only | wc -l
  0
