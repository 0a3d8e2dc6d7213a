# What a container sees of its pod

  $ lab topology basic --seed 7
  $ cat > seen.yaml <<EOF
  > apiVersion: v1
  > kind: ConfigMap
  > metadata: {name: settings}
  > data: {colour: blue}
  > binaryData: {logo: AAEC/w==}
  > ---
  > apiVersion: v1
  > kind: Secret
  > metadata: {name: login}
  > stringData: {user: admin}
  > ---
  > apiVersion: v1
  > kind: Pod
  > metadata: {name: seen}
  > spec:
  >   subdomain: web
  >   hostAliases: [{ip: 10.1.2.3, hostnames: [old.example.com, old]}]
  >   securityContext: {runAsUser: 1000, runAsGroup: 3000, fsGroup: 2000, runAsNonRoot: true}
  >   containers:
  >   - name: main
  >     image: busybox:1.36
  >     command: [sleep, "3600"]
  >     envFrom: [{configMapRef: {name: settings}}, {secretRef: {name: login}}]
  >     volumeMounts: [{name: settings, mountPath: /settings}, {name: scratch, mountPath: /scratch}]
  >     securityContext: {readOnlyRootFilesystem: true}
  >   - {name: other, image: "busybox:1.36", command: [sleep, "3600"], securityContext: {runAsUser: 4711}}
  >   volumes: [{name: settings, configMap: {name: settings}}, {name: scratch, emptyDir: {}}]
  > EOF
  $ kubectl apply -f seen.yaml
  configmap/settings created
  secret/login created
  pod/seen created
  $ kubectl wait pod/seen --for=condition=Ready --timeout=30s
  pod/seen condition met
  $ kubectl get secret login -o jsonpath='{.data} {.stringData}'
  {"user":"YWRtaW4="}  (no-eol)

A ConfigMap's bytes are files, not variables.

  $ kubectl exec seen -c main -- env | grep -v KUBERNETES | sort
  colour=blue
  HOME=/root
  HOSTNAME=seen
  PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
  user=admin
  $ kubectl exec seen -c main -- wc -c /settings/logo
  4 /settings/logo

It runs as whom the pod says, or its container.

  $ kubectl exec seen -c main -- id
  uid=1000 gid=3000 groups=2000,3000
  $ kubectl exec seen -c main -- whoami
  whoami: unknown uid 1000
  command terminated with exit code 1
  [1]
  $ kubectl exec seen -c other -- sh -c 'id -u; id -g; id -G'
  4711
  3000
  2000 3000

Its own file system may be closed; volumes are not.

  $ kubectl exec seen -c main -- sh -c 'echo x > /tmp/x'
  sh: can't create /tmp/x: Read-only file system
  command terminated with exit code 1
  [1]
  $ kubectl exec seen -c main -- sh -c 'echo x > /scratch/x; cat /scratch/x'
  x

  $ kubectl exec seen -c main -- cat /etc/hosts | sed 's/10.244.[0-9.]*/POD-IP/'
  # Kubernetes-managed hosts file.
  127.0.0.1\tlocalhost (esc)
  ::1\tlocalhost ip6-localhost ip6-loopback (esc)
  fe00::\tip6-localnet (esc)
  fe00::\tip6-mcastprefix (esc)
  fe00::1\tip6-allnodes (esc)
  fe00::2\tip6-allrouters (esc)
  POD-IP\tseen.web.default.svc.cluster.local\tseen (esc)
  
  # Entries added by HostAliases.
  10.1.2.3\told.example.com\told (esc)
  $ kubectl exec seen -c main -- hostname
  seen
  $ kubectl exec seen -c main -- hostname -f
  seen.web.default.svc.cluster.local
  $ kubectl exec seen -c main -- ping -c 1 -W 1 old | head -1
  PING old (10.1.2.3): 56 data bytes
  command terminated with exit code 1
  $ kubectl exec seen -c main -- nosuch 2>&1 | sed 's/exec "[^"]*": OCI/exec "ID": OCI/'
  error: Internal error occurred: Internal error occurred: error executing command in container: failed to exec in container: failed to start exec "ID": OCI runtime exec failed: exec failed: unable to start container process: exec: "nosuch": executable file not found in $PATH: unknown

Who insists on not being root, and would be, does not start.

  $ kubectl run root --image=busybox:1.36 --overrides='{"spec":{"securityContext":{"runAsNonRoot":true}}}' -- sleep 60
  pod/root created
  $ kubectl run zero --image=busybox:1.36 --overrides='{"spec":{"securityContext":{"runAsNonRoot":true,"runAsUser":0}}}' -- sleep 60
  pod/zero created
  $ lab wait 5s
  $ kubectl get pods root zero --no-headers | awk '{print $1, $2, $3}'
  root 0/1 CreateContainerConfigError
  zero 0/1 CreateContainerConfigError
  $ kubectl get pods root zero -o jsonpath='{range .items[*]}{.status.containerStatuses[0].state.waiting.message}{"\n"}{end}' | sed 's/([-0-9a-f]*)/(UID)/'
  container has runAsNonRoot and image will run as root (pod: "root_default(UID)", container: root)
  container's runAsUser breaks non-root policy (pod: "zero_default(UID)", container: zero)

A pod that is over keeps the address that it had, also when a sidecar outlived its work.

  $ cat > over.yaml <<EOF
  > apiVersion: v1
  > kind: Pod
  > metadata: {name: over}
  > spec:
  >   restartPolicy: Never
  >   initContainers: [{name: sidecar, image: "busybox:1.36", restartPolicy: Always, command: [sh, -c, "trap exit TERM; sleep 3600"]}]
  >   containers: [{name: work, image: "busybox:1.36", command: [sleep, "2"]}]
  > EOF
  $ kubectl apply -f over.yaml
  pod/over created
  $ kubectl wait pod/over --for=jsonpath='{.status.phase}'=Succeeded --timeout=60s
  pod/over condition met
  $ kubectl get pod over --no-headers -o wide | awk '{print $2, $3, $6}' | sed 's/10.244.[0-9.]*/POD-IP/'
  0/2 Completed POD-IP
