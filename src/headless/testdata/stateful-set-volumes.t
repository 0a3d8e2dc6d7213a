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
  $ lab check
