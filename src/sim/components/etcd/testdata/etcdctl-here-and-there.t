# etcdctl on the laptop, over ssh, and inside the member's container

Typed on the laptop it runs on the first control-plane machine, with the profile of an administrator there.

  $ lab topology basic --seed 5
  $ etcdctl endpoint health | awk '{print $1, $2, $3}'
  127.0.0.1:2379 is healthy:
  $ etcdctl get /registry/namespaces --prefix --keys-only | grep -v '^$' | head -2
  /registry/namespaces/default
  /registry/namespaces/kube-node-lease
  $ etcdctl snapshot save backup.db 2>/dev/null
  Snapshot saved at backup.db
  $ ssh control-plane-1 'ls /root'
  backup.db
  $ etcdctl snapshot status backup.db -w json | jq -c keys
  ["hash","revision","totalKey","totalSize"]
  Deprecated: Use `etcdutl snapshot status` instead.
  

With all that it needs on the command line, as it stands in books. A folder for backups is there.

  $ ssh control-plane-1 'ETCDCTL_API=3 etcdctl snapshot save /backup/etcd-snapshot.db --endpoints=https://127.0.0.1:2379 --cacert=/etc/kubernetes/pki/etcd/ca.crt --cert=/etc/kubernetes/pki/etcd/server.crt --key=/etc/kubernetes/pki/etcd/server.key 2>/dev/null'
  Snapshot saved at /backup/etcd-snapshot.db
  $ ssh control-plane-1 'ETCDCTL_API=3 etcdctl snapshot status /backup/etcd-snapshot.db --write-table' 2>&1 | grep -E 'Error|Hint'
  Error: unknown flag: --write-table
  Hint: a table is asked for with --write-out=table, or -w table.
  $ ssh control-plane-1 'ETCDCTL_API=3 etcdctl snapshot status /backup/etcd-snapshot.db --write-out=table' | head -2
  \+-+\+----------\+------------\+------------\+ (re)
  \| +HASH +\| REVISION \| TOTAL KEYS \| TOTAL SIZE \| (re)
  Deprecated: Use `etcdutl snapshot status` instead.
  
  $ ssh control-plane-1 'cp /backup/etcd-snapshot.db /root/copy.db && etcdutl snapshot status /root/copy.db | cut -d, -f1' > one
  $ ssh control-plane-1 'etcdutl snapshot status /backup/etcd-snapshot.db | cut -d, -f1' > other
  $ diff one other
  $ etcdctl snapshot restore backup.db 2>&1 | cut -f4,5 | tail -1 | cut -d, -f1
  restored snapshot\t{"path": "backup.db" (esc)
  $ etcdctl snapshot restore backup.db 2>&1 | tail -1
  Error: data-dir "default.etcd" not empty or could not be read
  $ etcdctl endpoint status --write-out=table | sed -n '2p;4p' | cut -d'|' -f2,4,6
      ENDPOINT    | VERSION | IS LEADER 
   127.0.0.1:2379 |  3.5.21 |      true 

In the container there is no profile: TLS must be asked for.

  $ in='kubectl -n kube-system exec -i etcd-control-plane-1 --'
  $ tls='--endpoints=https://127.0.0.1:2379 --cacert=/etc/kubernetes/pki/etcd/ca.crt --cert=/etc/kubernetes/pki/etcd/server.crt --key=/etc/kubernetes/pki/etcd/server.key'
  $ eval $in etcdctl $tls member list | cut -d, -f2,3
   started, control-plane-1
  $ eval $in etcdctl get foo 2>&1 | tail -2
  Error: context deadline exceeded
  command terminated with exit code 1
  $ printf 'from standard input' | eval $in etcdctl $tls put foo
  OK
  $ etcdctl get foo
  foo
  from standard input
  $ eval $in etcd --version | head -1
  etcd Version: 3.5.21
  $ eval $in etcdctl $tls snapshot save /var/lib/etcd/inside.db 2>/dev/null
  Snapshot saved at /var/lib/etcd/inside.db
  $ ssh control-plane-1 'ls /var/lib/etcd; etcdutl snapshot status /var/lib/etcd/inside.db | cut -d, -f2 | wc -l'
  inside.db
  member
  1

Transactions, leases, watches.

  $ printf 'value("foo") = "from standard input"\n\nput foo bar\nget foo\n\nput foo else\n\n' | etcdctl txn -i
  compares:
  success requests (get, put, del):
  failure requests (get, put, del):
  SUCCESS
  
  OK
  
  foo
  bar
  $ etcdctl lease revoke $(etcdctl put leased x --lease=$(etcdctl lease grant 60 | cut -d' ' -f2) >/dev/null; etcdctl lease list | tail -1) | cut -d' ' -f3
  revoked
  $ etcdctl get leased
  $ revision=$(etcdctl get foo -w json | jq '.kvs[0].mod_revision')
  $ timeout 1 etcdctl watch foo --rev=$revision
  PUT
  foo
  bar
  [124]
  $ timeout 1 etcdctl watch foo --rev=$revision -w json | jq -c '.Events[0].kv | [.key, .version]'
  ["Zm9v",2]
  $ timeout 6 etcdctl watch nothing --progress-notify | sed 's/[0-9]*$/N/'
  progress notify: N
  $ etcdctl compact $revision | cut -d' ' -f1
  compacted
  $ etcdctl watch foo --rev=2
  watch was canceled (etcdserver: mvcc: required revision has been compacted)
  Error: watch is canceled by the server
  [5]

What it does not know.

  $ etcdctl frob
  Error: unknown command "frob" for "etcdctl"
  Run 'etcdctl --help' for usage.
  [1]
  $ etcdctl get foo -w yaml
  Error: unsupported output format
  [4]
  $ etcdctl get foo -w table
  Error: table not supported as output format
  [4]
  $ ETCDCTL_API=2 etcdctl snapshot save x
  No help topic for 'snapshot'
  [3]
  $ etcdutl snapshot restore none.db --data-dir /tmp/x 2>&1 | tail -1
  Error: open none.db: no such file or directory
