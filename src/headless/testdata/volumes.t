A claim without a class waits for a volume that somebody makes by hand.

  $ lab topology basic --seed 11
  $ kubectl apply -f https://raw.githubusercontent.com/rancher/local-path-provisioner/v0.0.31/deploy/local-path-storage.yaml | tail -2
  deployment.apps/local-path-provisioner created
  storageclass.storage.k8s.io/local-path created
  $ lab until 60s 'kubectl wait -n local-path-storage --for=condition=Available deploy --all --timeout=0s'
  $ kubectl get storageclass
  NAME                   PROVISIONER             RECLAIMPOLICY   VOLUMEBINDINGMODE      ALLOWVOLUMEEXPANSION   AGE
  local-path (default)   rancher.io/local-path   Delete          WaitForFirstConsumer   false                  1s
  $ kubectl apply -f - <<'YAML'
  > apiVersion: v1
  > kind: PersistentVolumeClaim
  > metadata: {name: by-hand}
  > spec: {storageClassName: "", accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
  > YAML
  persistentvolumeclaim/by-hand created
  $ lab wait 20s
  $ kubectl get pvc by-hand --no-headers | awk '{print $1, $2}'
  by-hand Pending
  $ kubectl get events --field-selector involvedObject.name=by-hand -o custom-columns=REASON:.reason,MESSAGE:.message --no-headers
  FailedBinding   no persistent volumes available for this claim and no storage class is set
  $ kubectl apply -f - <<'YAML'
  > apiVersion: v1
  > kind: PersistentVolume
  > metadata: {name: disk-1}
  > spec: {capacity: {storage: 2Gi}, accessModes: [ReadWriteOnce], hostPath: {path: /data/disk-1}}
  > YAML
  persistentvolume/disk-1 created
  $ lab wait 20s
  $ kubectl get pv,pvc --no-headers | awk '{print $1, $2, $3, $4, $5, $6}'
  persistentvolume/disk-1 2Gi RWO Retain Bound default/by-hand
       
  persistentvolumeclaim/by-hand Bound disk-1 2Gi RWO <unset>

A claim of the default class waits for its first pod, and then gets a folder on that pod's node.

  $ kubectl apply -f - <<'YAML'
  > apiVersion: v1
  > kind: PersistentVolumeClaim
  > metadata: {name: data}
  > spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
  > YAML
  persistentvolumeclaim/data created
  $ lab wait 2s
  $ kubectl get events --field-selector involvedObject.name=data -o custom-columns=REASON:.reason,MESSAGE:.message --no-headers
  WaitForFirstConsumer   waiting for first consumer to be created before binding
  $ kubectl apply -f - <<'YAML'
  > apiVersion: v1
  > kind: Pod
  > metadata: {name: writer}
  > spec:
  >   terminationGracePeriodSeconds: 1
  >   volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
  >   containers:
  >   - name: c
  >     image: busybox:1.36
  >     command: [sh, -c, 'echo "$HOSTNAME was here" >> /data/log; sleep 3600']
  >     volumeMounts: [{name: data, mountPath: /data}]
  > YAML
  pod/writer created
  $ lab until 60s 'kubectl wait --for=condition=Ready pod/writer --timeout=0s'
  $ kubectl get events --field-selector involvedObject.name=data -o custom-columns=REASON:.reason,MESSAGE:.message --no-headers
  WaitForFirstConsumer    waiting for first consumer to be created before binding
  ExternalProvisioning    Waiting for a volume to be created either by the external provisioner 'rancher.io/local-path' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.
  Provisioning            External provisioner is provisioning volume for claim "default/data"
  ProvisioningSucceeded   Successfully provisioned volume pvc-[0-9a-f-]{36} (re)
  $ kubectl get pv -o custom-columns=CLAIM:.spec.claimRef.name,CLASS:.spec.storageClassName,POLICY:.spec.persistentVolumeReclaimPolicy,PHASE:.status.phase --no-headers
  by-hand   <none>       Retain   Bound
  data      local-path   Delete   Bound
  $ kubectl exec writer -- cat /data/log
  writer was here

The data outlive the pod. The next one must go where they are.

  $ NODE=$(kubectl get pod writer -o jsonpath='{.spec.nodeName}')
  $ kubectl delete pod writer
  pod "writer" deleted
  $ kubectl cordon $NODE | sed "s/$NODE/NODE/"
  node/NODE cordoned
  $ kubectl apply -f - <<'YAML'
  > apiVersion: v1
  > kind: Pod
  > metadata: {name: reader}
  > spec:
  >   terminationGracePeriodSeconds: 1
  >   volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
  >   containers:
  >   - {name: c, image: 'busybox:1.36', command: [sleep, '3600'], volumeMounts: [{name: data, mountPath: /data}]}
  > YAML
  pod/reader created
  $ lab wait 2s
  $ kubectl get pod reader -o jsonpath='{.status.conditions[0].message}{"\n"}'
  0/4 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 1 node(s) were unschedulable, 2 node(s) didn't match PersistentVolume's node affinity. preemption: 0/4 nodes are available: 4 Preemption is not helpful for scheduling.
  $ kubectl uncordon $NODE | sed "s/$NODE/NODE/"
  node/NODE uncordoned
  $ lab until 60s 'kubectl wait --for=condition=Ready pod/reader --timeout=0s'
  $ kubectl exec reader -- cat /data/log
  writer was here

A claim in use stays until its pod is gone; then volume and folder go too.

  $ kubectl delete pvc data --wait=false
  persistentvolumeclaim "data" deleted
  $ lab wait 2s
  $ kubectl get pvc data --no-headers | awk '{print $1, $2}'
  data Terminating
  $ kubectl delete pod reader
  pod "reader" deleted
  $ lab wait 10s
  $ kubectl get pvc data
  Error from server (NotFound): persistentvolumeclaims "data" not found
  [1]
  $ kubectl get pv --no-headers | awk '{print $1, $5}'
  disk-1 Bound
  $ ssh $NODE ls /opt/local-path-provisioner 2>/dev/null | wc -l
  0

A StatefulSet has a claim made for each of its pods.

  $ kubectl apply -f - <<'YAML'
  > apiVersion: apps/v1
  > kind: StatefulSet
  > metadata: {name: db}
  > spec:
  >   serviceName: db
  >   replicas: 2
  >   selector: {matchLabels: {app: db}}
  >   template:
  >     metadata: {labels: {app: db}}
  >     spec:
  >       containers:
  >       - {name: db, image: 'nginx:1.27', volumeMounts: [{name: data, mountPath: /var/lib/db}]}
  >   volumeClaimTemplates:
  >   - metadata: {name: data}
  >     spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
  > YAML
  statefulset.apps/db created
  $ lab until 60s 'kubectl rollout status statefulset/db --timeout=1s'
  $ kubectl get pvc --no-headers | awk '{print $1, $2, $4, $6}'
  by-hand Bound 2Gi <unset>
  data-db-0 Bound 1Gi local-path
  data-db-1 Bound 1Gi local-path

A folder is removed in its own time, however soon after it was made: the patience that its making had is over then, not
that of its removal.

  $ kubectl apply -f - <<'YAML'
  > apiVersion: v1
  > kind: PersistentVolumeClaim
  > metadata: {name: brief}
  > spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
  > ---
  > apiVersion: v1
  > kind: Pod
  > metadata: {name: visitor}
  > spec:
  >   terminationGracePeriodSeconds: 1
  >   nodeSelector: {kubernetes.io/hostname: worker-2}
  >   volumes: [{name: data, persistentVolumeClaim: {claimName: brief}}]
  >   containers:
  >   - {name: c, image: 'busybox:1.36', command: [sleep, '3600'], volumeMounts: [{name: data, mountPath: /data}]}
  > YAML
  persistentvolumeclaim/brief created
  pod/visitor created
  $ lab until 60s 'kubectl wait --for=condition=Ready pod/visitor --timeout=0s'
  $ kubectl delete pod visitor
  pod "visitor" deleted
  $ lab wait 90s
  $ lab fail hang kubelet@worker-2
  $ kubectl delete pvc brief
  persistentvolumeclaim "brief" deleted
  $ lab wait 40s
  $ kubectl get events -A --field-selector reason=VolumeFailedDelete
  No resources found
  $ lab heal
  $ lab wait 20s
  $ kubectl get pv --no-headers | grep -c brief
  0
  [1]
