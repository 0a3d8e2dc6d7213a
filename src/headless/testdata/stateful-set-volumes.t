Each pod of a StatefulSet has a volume of its own, which it finds again when it comes back.

  $ lab topology basic --seed 7
  $ for i in 0 1; do kubectl apply -f - <<EOF
  > apiVersion: v1
  > kind: PersistentVolume
  > metadata:
  >   name: disk-$i
  > spec:
  >   capacity: { storage: 1Gi }
  >   accessModes: [ReadWriteOnce]
  >   storageClassName: disks
  >   hostPath: { path: /mnt/$i }
  > EOF
  > done
  persistentvolume/disk-0 created
  persistentvolume/disk-1 created
  $ kubectl apply -f - <<'EOF'
  > apiVersion: apps/v1
  > kind: StatefulSet
  > metadata:
  >   name: db
  > spec:
  >   replicas: 2
  >   persistentVolumeClaimRetentionPolicy: { whenScaled: Delete, whenDeleted: Retain }
  >   selector:
  >     matchLabels: { app: db }
  >   template:
  >     metadata:
  >       labels: { app: db }
  >     spec:
  >       containers:
  >       - name: nginx
  >         image: nginx:1.27
  >         volumeMounts: [{ name: data, mountPath: /data }]
  >   volumeClaimTemplates:
  >   - metadata:
  >       name: data
  >     spec:
  >       accessModes: [ReadWriteOnce]
  >       storageClassName: disks
  >       resources: { requests: { storage: 1Gi } }
  > EOF
  statefulset.apps/db created
  $ lab until 90s 'kubectl wait --for=jsonpath={.status.readyReplicas}=2 sts/db --timeout=0s'
  $ kubectl get pvc -o custom-columns=NAME:.metadata.name,STATUS:.status.phase,APP:.metadata.labels.app
  NAME        STATUS   APP
  data-db-0   Bound    db
  data-db-1   Bound    db
  $ kubectl get events --field-selector involvedObject.kind=StatefulSet -o custom-columns=MESSAGE:.message --no-headers | sort
  create Claim data-db-0 Pod db-0 in StatefulSet db success
  create Claim data-db-1 Pod db-1 in StatefulSet db success
  create Pod db-0 in StatefulSet db successful
  create Pod db-1 in StatefulSet db successful
  $ VOLUME=$(kubectl get pvc data-db-1 -o jsonpath='{.spec.volumeName}')
  $ kubectl delete pod db-1
  pod "db-1" deleted
  $ lab until 60s 'kubectl wait --for=jsonpath={.status.readyReplicas}=2 sts/db --timeout=0s'
  $ test $(kubectl get pvc data-db-1 -o jsonpath='{.spec.volumeName}') = $VOLUME

Scaled down, the set gives its claim away, as its policy says; the volume is left to the operator. Deleted, it leaves the other.

  $ kubectl scale sts db --replicas=1
  statefulset.apps/db scaled
  $ lab wait 20s
  $ kubectl get pvc -o name
  persistentvolumeclaim/data-db-0
  $ kubectl get pv $VOLUME -o jsonpath='{.status.phase}{"\n"}'
  Released
  $ kubectl delete sts db
  statefulset.apps "db" deleted
  $ lab wait 10s
  $ kubectl get pods,pvc -o name
  persistentvolumeclaim/data-db-0

It may own its claims, and then they go with it. Its own history is as long as it says; the number of pods that an update
may take away at once is a feature that is not switched on.

  $ kubectl delete pvc --all
  persistentvolumeclaim "data-db-0" deleted
  $ for i in 2 3; do kubectl get pv disk-0 -o json | jq --arg name disk-$i '{apiVersion, kind, metadata: {name: $name}, spec: (.spec | del(.claimRef))}' | kubectl create -f -; done
  persistentvolume/disk-2 created
  persistentvolume/disk-3 created
  $ kubectl create -f - <<'EOF'
  > apiVersion: apps/v1
  > kind: StatefulSet
  > metadata:
  >   name: log
  > spec:
  >   replicas: 2
  >   revisionHistoryLimit: 1
  >   updateStrategy: { rollingUpdate: { maxUnavailable: 2 } }
  >   persistentVolumeClaimRetentionPolicy: { whenDeleted: Delete }
  >   selector:
  >     matchLabels: { app: log }
  >   template:
  >     metadata:
  >       labels: { app: log }
  >     spec:
  >       terminationGracePeriodSeconds: 0
  >       containers: [{ name: nginx, image: nginx:1.26 }]
  >   volumeClaimTemplates:
  >   - metadata:
  >       name: data
  >     spec:
  >       accessModes: [ReadWriteOnce]
  >       storageClassName: disks
  >       resources: { requests: { storage: 1Gi } }
  > EOF
  statefulset.apps/log created
  $ kubectl rollout status sts/log --timeout=90s | tail -1
  partitioned roll out complete: 2 new pods have been updated...
  $ kubectl get sts log -o jsonpath='{.spec.updateStrategy}{"\n"}'
  {"rollingUpdate":{"partition":0},"type":"RollingUpdate"}
  $ for tag in 1.27 1.28 1.29; do kubectl set image sts/log nginx=nginx:$tag; kubectl rollout status sts/log --timeout=90s | tail -1; done
  statefulset.apps/log image updated
  partitioned roll out complete: 2 new pods have been updated...
  statefulset.apps/log image updated
  partitioned roll out complete: 2 new pods have been updated...
  statefulset.apps/log image updated
  partitioned roll out complete: 2 new pods have been updated...
  $ kubectl get controllerrevisions -l app=log -o custom-columns=OWNER:.metadata.ownerReferences[0].name,REVISION:.revision
  OWNER   REVISION
  log     3
  log     4
  $ OWNED='{range .items[*]}{.metadata.name} {.metadata.ownerReferences[*].kind} {.metadata.ownerReferences[*].controller}{"\n"}{end}'
  $ kubectl get pvc -o jsonpath="$OWNED"
  data-log-0 StatefulSet true
  data-log-1 StatefulSet true
  $ kubectl patch sts log -p '{"spec":{"persistentVolumeClaimRetentionPolicy":{"whenDeleted":"Retain"}}}'
  statefulset.apps/log patched
  $ lab wait 2s
  $ kubectl get pvc -o jsonpath="$OWNED" | tr -d ' '
  data-log-0
  data-log-1
  $ kubectl patch sts log -p '{"spec":{"persistentVolumeClaimRetentionPolicy":{"whenDeleted":"Delete"}}}'
  statefulset.apps/log patched
  $ lab wait 2s
  $ kubectl delete sts log
  statefulset.apps "log" deleted
  $ lab wait 10s
  $ kubectl get pvc,pods
  No resources found in default namespace.
  $ lab check
