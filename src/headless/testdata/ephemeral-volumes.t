# A volume that comes and goes with its pod

  $ lab topology basic --seed 11
  $ kubectl apply -f https://raw.githubusercontent.com/rancher/local-path-provisioner/v0.0.31/deploy/local-path-storage.yaml | tail -2
  deployment.apps/local-path-provisioner created
  storageclass.storage.k8s.io/local-path created
  $ lab until 60s 'kubectl wait -n local-path-storage --for=condition=Available deploy --all --timeout=0s'
  $ cat > scratch.yaml <<'YAML'
  > apiVersion: v1
  > kind: Pod
  > metadata: {name: scratch}
  > spec:
  >   terminationGracePeriodSeconds: 1
  >   volumes:
  >   - name: work
  >     ephemeral:
  >       volumeClaimTemplate:
  >         metadata: {labels: {kind: scratch}}
  >         spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
  >   containers:
  >   - name: c
  >     image: busybox:1.36
  >     command: [sh, -c, 'echo here > /work/file; sleep 3600']
  >     volumeMounts: [{name: work, mountPath: /work}]
  > YAML
  $ kubectl apply -f scratch.yaml
  pod/scratch created
  $ lab until 60s 'kubectl wait --for=condition=Ready pod/scratch --timeout=0s'

The claim is named after both, is the pod's own, and goes with it; so does what it was bound to.

  $ kubectl get pvc -o custom-columns=NAME:.metadata.name,LABEL:.metadata.labels.kind,OWNER:.metadata.ownerReferences[0].name,PHASE:.status.phase --no-headers
  scratch-work   scratch   scratch   Bound
  $ kubectl exec scratch -- cat /work/file
  here
  $ kubectl describe pod scratch | grep -A9 'work:$' | sed 1d
      Type:          EphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)
      StorageClass:  
      Volume:        
      Labels:            kind=scratch
      Annotations:   <none>
      Capacity:      
      Access Modes:  
      VolumeMode:    Filesystem
    kube-api-access-[a-z0-9]+: (re)
  $ kubectl delete pod scratch
  pod "scratch" deleted
  $ lab wait 30s
  $ kubectl get pvc,pv
  No resources found

A claim of that name that somebody else made is not taken.

  $ kubectl patch storageclass local-path -p '{"allowVolumeExpansion":true}'
  storageclass.storage.k8s.io/local-path patched
  $ kubectl apply -f - <<'YAML'
  > apiVersion: v1
  > kind: PersistentVolumeClaim
  > metadata: {name: scratch-work}
  > spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
  > ---
  > apiVersion: v1
  > kind: Pod
  > metadata: {name: other}
  > spec:
  >   volumes: [{name: work, persistentVolumeClaim: {claimName: scratch-work}}]
  >   containers: [{name: c, image: busybox:1.36, command: [sleep, '3600']}]
  > YAML
  persistentvolumeclaim/scratch-work created
  pod/other created
  $ lab until 60s 'kubectl wait --for=condition=Ready pod/other --timeout=0s'
  $ kubectl apply -f scratch.yaml
  pod/scratch created
  $ lab wait 10s
  $ kubectl get pod scratch --no-headers | awk '{print $3}'
  Pending
  $ kubectl get events --field-selector involvedObject.name=scratch,reason=FailedBinding -o jsonpath='{.items[0].type} {.items[0].source.component} {.items[0].message}'
  Warning ephemeral_volume ephemeral volume work: PVC default/scratch-work was not created for pod default/scratch (pod is not owner) (no-eol)
  $ kubectl delete pod other --grace-period=1
  pod "other" deleted
  $ kubectl delete pvc scratch-work
  persistentvolumeclaim "scratch-work" deleted
  $ lab until 60s 'kubectl wait --for=condition=Ready pod/scratch --timeout=0s'

A bound claim of a class that allows it may ask for more. The local path provisioner cannot give it; whoever asked is told what is waited for.

  $ kubectl patch pvc scratch-work -p '{"spec":{"resources":{"requests":{"storage":"2Gi"}}}}'
  persistentvolumeclaim/scratch-work patched
  $ lab wait 2s
  $ kubectl get events --field-selector involvedObject.name=scratch-work,reason=ExternalExpanding -o jsonpath='{.items[0].type} {.items[0].source.component} {.items[0].message}'
  Normal volume_expand waiting for an external controller to expand this PVC (no-eol)
  $ kubectl get pvc scratch-work -o jsonpath='{.spec.resources.requests.storage} {.status.capacity.storage}'
  2Gi 1Gi (no-eol)
  $ kubectl patch storageclass local-path -p '{"allowVolumeExpansion":false}'
  storageclass.storage.k8s.io/local-path patched
  $ kubectl patch pvc scratch-work -p '{"spec":{"resources":{"requests":{"storage":"3Gi"}}}}'
  Error from server (Forbidden): persistentvolumeclaims "scratch-work" is forbidden: only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize
  [1]
  $ lab check
