# The files of volumes

What a pod asks of its volumes' files is so: modes, items, owners; `agnhost mounttest` of Kubernetes' own test suite tells.

  $ lab topology basic --seed 7
  $ cat > seen.yaml <<EOF
  > apiVersion: v1
  > kind: ConfigMap
  > metadata: {name: settings}
  > data: {colour: blue, size: large}
  > ---
  > apiVersion: v1
  > kind: Pod
  > metadata: {name: reader, labels: {stage: draft}}
  > spec:
  >   securityContext: {runAsUser: 1000, fsGroup: 2000}
  >   containers:
  >   - name: main
  >     image: registry.k8s.io/e2e-test-images/agnhost:2.53
  >     args: [pause]
  >     env: [{name: PLACE, value: inner}]
  >     volumeMounts:
  >     - {name: settings, mountPath: /settings}
  >     - {name: scratch, mountPath: /scratch}
  >     - {name: scratch, mountPath: /part, subPathExpr: a/\$(PLACE)}
  >     - {name: info, mountPath: /info}
  >   volumes:
  >   - name: settings
  >     configMap: {name: settings, defaultMode: 0400, items: [{key: colour, path: dir/colour}, {key: size, path: size, mode: 0644}]}
  >   - {name: scratch, emptyDir: {medium: Memory}}
  >   - {name: info, downwardAPI: {items: [{path: labels, fieldRef: {fieldPath: metadata.labels}}]}}
  > EOF
  $ kubectl apply -f seen.yaml
  configmap/settings created
  pod/reader created
  $ kubectl wait pod/reader --for=condition=Ready --timeout=30s
  pod/reader condition met
  $ kubectl exec reader -- /agnhost mounttest --file_mode=/settings/dir/colour --file_content=/settings/dir/colour
  mode of file "/settings/dir/colour": -r--r-----
  content of file "/settings/dir/colour": blue
  $ kubectl exec reader -- ls -l /settings | awk '{print $1, $3, $4, $9}'
  total   
  drwxr-xr-x root 2000 dir
  -rw-r--r-- root 2000 size
  $ kubectl exec reader -- /agnhost mounttest --fs_type=/scratch --file_perm=/scratch --new_file_0660=/scratch/own --file_owner=/scratch/own
  mount type of "/scratch": tmpfs
  content of file "/scratch/own": mount-tester new file
  
  perms of file "/scratch": -rwxrwxrwx
  owner UID of "/scratch/own": 1000
  owner GID of "/scratch/own": 2000
  $ kubectl exec reader -- sh -c 'echo here > /part/x; cat /scratch/a/inner/x; echo no > /etc/motd; chmod 600 /scratch/own; stat -c "%a %u" /scratch/own'
  here
  600 1000
  sh: can't create /etc/motd: Permission denied

What the downward API says follows the pod.

  $ kubectl exec reader -- cat /info/labels
  stage="draft" (no-eol)
  $ kubectl label pod reader stage=final --overwrite
  pod/reader labeled
  $ lab wait 2s
  $ kubectl exec reader -- cat /info/labels
  stage="final" (no-eol)

A path that leads out of the volume is refused.

  $ kubectl run out --image=busybox:1.36 --restart=Never --overrides='{"spec":{"volumes":[{"name":"v","emptyDir":{}}],"containers":[{"name":"out","image":"busybox:1.36","env":[{"name":"P","value":".."}],"volumeMounts":[{"name":"v","mountPath":"/v","subPathExpr":"$(P)"}]}]}}'
  pod/out created
  $ lab until 20s 'kubectl get pod out | grep -q CreateContainerConfigError'
  $ kubectl get pod out -o jsonpath='{.status.containerStatuses[0].state.waiting.message}{"\n"}'
  unable to provision SubPath `..`: must not contain '..'
