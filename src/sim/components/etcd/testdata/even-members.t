# Two members and four

Two members need both of them: one more machine, and less safety than with one.

  $ cat > two.json <<'EOF'
  > {"name": "two", "machines": [
  >   {"name": "control-plane-1", "role": "control-plane", "zone": "a", "cpuMillicores": 4000, "memoryBytes": 8589934592, "labels": {}, "resources": {}},
  >   {"name": "control-plane-2", "role": "control-plane", "zone": "a", "cpuMillicores": 4000, "memoryBytes": 8589934592, "labels": {}, "resources": {}},
  >   {"name": "worker-1", "role": "worker", "zone": "a", "cpuMillicores": 4000, "memoryBytes": 8589934592, "labels": {}, "resources": {}}]}
  > EOF
  $ lab topology two.json --seed 5
  $ etcdctl endpoint health --cluster | awk '{print $3}' | sort | uniq -c
     2 healthy:
  $ lab fail stop etcd@control-plane-2
  $ lab wait 5s
  $ etcdctl put a b 2>&1 | tail -1
  Error: context deadline exceeded
  $ etcdctl endpoint status -w json | jq -c '.[0].Status.errors'
  ["etcdserver: no leader"]
  $ lab heal
  $ lab until 60s 'etcdctl put a b'

Four members need three: no more of them may fail than of three.

  $ cat > four.json <<'EOF'
  > {"name": "four", "machines": [
  >   {"name": "control-plane-1", "role": "control-plane", "zone": "a", "cpuMillicores": 4000, "memoryBytes": 8589934592, "labels": {}, "resources": {}},
  >   {"name": "control-plane-2", "role": "control-plane", "zone": "a", "cpuMillicores": 4000, "memoryBytes": 8589934592, "labels": {}, "resources": {}},
  >   {"name": "control-plane-3", "role": "control-plane", "zone": "a", "cpuMillicores": 4000, "memoryBytes": 8589934592, "labels": {}, "resources": {}},
  >   {"name": "control-plane-4", "role": "control-plane", "zone": "a", "cpuMillicores": 4000, "memoryBytes": 8589934592, "labels": {}, "resources": {}},
  >   {"name": "worker-1", "role": "worker", "zone": "a", "cpuMillicores": 4000, "memoryBytes": 8589934592, "labels": {}, "resources": {}}]}
  > EOF
  $ lab topology four.json --seed 5
  $ lab fail stop etcd@control-plane-4
  $ lab wait 5s
  $ etcdctl put a b
  OK
  $ lab fail stop etcd@control-plane-3
  $ lab wait 5s
  $ etcdctl put a c 2>&1 | tail -1
  Error: context deadline exceeded
  $ etcdctl get a --consistency=s
  a
  b
  $ lab heal
  $ lab until 60s 'etcdctl put a c'
  $ lab check
