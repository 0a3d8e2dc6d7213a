What would the scheduler do? `lab schedule` answers for pods in files, without placing anything. Here is what another
cluster had to say of itself (`kubectl get nodes,pods -A -o yaml`):

  $ lab topology single --seed 1
  $ cat > cluster.yaml <<'YAML'
  > apiVersion: v1
  > kind: List
  > items:
  > - apiVersion: v1
  >   kind: Node
  >   metadata: {name: big, labels: {kubernetes.io/hostname: big, topology.kubernetes.io/zone: a}}
  >   status: {allocatable: {cpu: "8", memory: 16Gi, pods: "110"}, someFutureField: {x: 1}}
  > - apiVersion: v1
  >   kind: Node
  >   metadata: {name: small, labels: {kubernetes.io/hostname: small, topology.kubernetes.io/zone: b}}
  >   status: {allocatable: {cpu: "2", memory: 4Gi, pods: "110"}}
  > - apiVersion: v1
  >   kind: Node
  >   metadata: {name: head, labels: {kubernetes.io/hostname: head}}
  >   spec: {taints: [{key: node-role.kubernetes.io/control-plane, effect: NoSchedule}]}
  >   status: {allocatable: {cpu: "4", memory: 8Gi, pods: "110"}}
  > - apiVersion: v1
  >   kind: Pod
  >   metadata: {name: batch, namespace: jobs}
  >   spec:
  >     nodeName: big
  >     containers: [{name: c, image: busybox, resources: {requests: {cpu: "6", memory: 1Gi}}}]
  >   status: {phase: Running, startTime: "2026-11-20T08:00:00Z"}
  > YAML
  $ cat > web.yaml <<'YAML'
  > apiVersion: v1
  > kind: Pod
  > metadata: {name: web}
  > spec:
  >   containers: [{name: c, image: nginx, resources: {requests: {cpu: 500m, memory: 512Mi}}}]
  > YAML
  $ lab schedule -f cluster.yaml -f web.yaml
  pod default/web (priority 0): small (2 of 3 nodes fit)
  NODE    TaintToleration   NodeResourcesFit   NodeResourcesBalancedAllocation   ImageLocality   SUM   VERDICT
  small   100x3             81x1               93x1                              0x1             474   chosen
  big     100x3             54x1               64x1                              0x1             418   fits
  head    -                 -                  -                                 -               -     TaintToleration: node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }

One that fits nowhere says so in the words of its event; one of higher priority would push others aside:

  $ sed 's/name: web/name: large/; s/500m/"5"/' web.yaml > large.yaml
  $ lab schedule -f cluster.yaml -f large.yaml
  pod default/large (priority 0): no node
  0/3 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 2 Insufficient cpu. preemption: 0/3 nodes are available: 1 Preemption is not helpful for scheduling, 2 No preemption victims found for incoming pod.
  NODE    VERDICT
  big     NodeResourcesFit: Insufficient cpu
  small   NodeResourcesFit: Insufficient cpu
  head    TaintToleration: node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }
  $ sed 's/spec:/spec:\n  priorityClassName: system-cluster-critical/' large.yaml | lab schedule -f cluster.yaml -f -
  pod default/large (priority 2000000000): no node yet; big once others have left it
  0/3 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 2 Insufficient cpu.
  NODE    VERDICT
  big     NodeResourcesFit: Insufficient cpu
  small   NodeResourcesFit: Insufficient cpu
  head    TaintToleration: node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }
  PREEMPTION ON   VICTIMS      HIGHEST PRIORITY   PDB VIOLATIONS   VERDICT
  big             jobs/batch   0                  0                nominated
  small           -            -                  -                No preemption victims found for incoming pod

As data:

  $ lab schedule -f cluster.yaml,web.yaml --as json | jq -c '.pods[0] | {node, nodes}, (.table[] | {node, verdict, sum})'
  {"node":"small","nodes":{"total":3,"examined":3,"fit":2}}
  {"node":"small","verdict":"chosen","sum":474}
  {"node":"big","verdict":"fits","sum":418}
  {"node":"head","verdict":"refused","sum":null}

Without nodes in the files the nodes are those of this world, in which nothing changes:

  $ lab hash > before
  $ lab schedule -f web.yaml | sed -n 1p
  pod default/web (priority 0): control-plane-1 (1 of 1 nodes fit)
  $ lab hash | diff before - && kubectl get pods
  No resources found in default namespace.

Keys of labels stand for the pod's own values, as when the API server makes the pod:

  $ cat > tenant.yaml <<'YAML'
  > apiVersion: v1
  > kind: Pod
  > metadata: {name: NAME, labels: {tenant: TENANT}}
  > spec:
  >   affinity:
  >     podAntiAffinity:
  >       requiredDuringSchedulingIgnoredDuringExecution:
  >       - topologyKey: kubernetes.io/hostname
  >         labelSelector: {matchExpressions: [{key: tenant, operator: Exists}]}
  >         mismatchLabelKeys: [tenant]
  >   containers: [{name: c, image: nginx}]
  > YAML
  $ for who in red-1 red-2 blue-1 green-1; do sed "s/NAME/$who/; s/TENANT/${who%-*}/" tenant.yaml; echo ---; done > tenants.yaml
  $ lab schedule -f cluster.yaml -f tenants.yaml | grep ^pod
  pod default/red-1 (priority 0): small (2 of 3 nodes fit)
  pod default/red-2 (priority 0): small (2 of 3 nodes fit)
  pod default/blue-1 (priority 0): big (1 of 3 nodes fit)
  pod default/green-1 (priority 0): no node

Files are anybody's, so what makes no sense in them is said, and the rest counts:

  $ cat > odd.yaml <<'YAML'
  > {apiVersion: v1, kind: Pod, metadata: {name: odd}, spec: {containers: 7}}
  > ---
  > {apiVersion: example.com/v1, kind: Unheard, metadata: {name: of}}
  > ---
  > {apiVersion: v1, kind: Pod, metadata: {name: classy}, spec: {priorityClassName: gold, containers: [{name: c, image: nginx}]}}
  > YAML
  $ lab schedule -f cluster.yaml -f odd.yaml -f web.yaml | sed -n 1p
  pod default/web (priority 0): small (2 of 3 nodes fit)
  lab: odd.yaml: Pod odd: json: cannot unmarshal number into Go struct field PodSpec.spec.containers of type []v1.Container
  lab: pods "classy" is forbidden: no PriorityClass with name gold was found
  $ echo 'a: [' | lab schedule -f -
  lab: -: Flow sequence in block collection must be sufficiently indented and end with a ] at line 2, column 1:
  [1]
  $ lab schedule -f nowhere.yaml
  lab: there is no file "nowhere.yaml".
  [1]
  $ lab schedule -f cluster.yaml
  lab: there is no pod in the files that waits for a node.
  [1]
  $ kubectl create deployment web --image=nginx --dry-run=client -o yaml | lab schedule -f -
  lab: there is no pod in the files that waits for a node. A Deployment is none: its pods are made in the cluster.
  [1]
  $ lab schedule web.yaml
  lab: unexpected argument: web.yaml
  [1]
  $ lab schedule -f web.yaml --as xml
  lab: --as knows table and json, not "xml".
  [1]
