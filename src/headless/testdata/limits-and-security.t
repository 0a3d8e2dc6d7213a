A LimitRange gives containers what they do not say, and bounds what they say.

  $ lab topology single --seed 3
  $ kubectl apply -f - <<RANGE
  > apiVersion: v1
  > kind: LimitRange
  > metadata:
  >   name: sizes
  > spec:
  >   limits:
  >   - type: Container
  >     default: {cpu: 200m, memory: 64Mi}
  >     defaultRequest: {cpu: 100m}
  >     max: {cpu: 500m}
  >     min: {memory: 16Mi}
  >     maxLimitRequestRatio: {cpu: "4"}
  > RANGE
  limitrange/sizes created
  $ kubectl run small --image=nginx:1.27
  pod/small created
  $ kubectl get pod small -o jsonpath='{.metadata.annotations.kubernetes\.io/limit-ranger}{"\n"}{.spec.containers[0].resources}{"\n"}'
  LimitRanger plugin set: cpu, memory request for container small; cpu, memory limit for container small
  {"limits":{"cpu":"200m","memory":"64Mi"},"requests":{"cpu":"100m","memory":"64Mi"}}
  $ kubectl run big --image=nginx:1.27 --overrides='{"spec": {"containers": [{"name": "big", "image": "nginx:1.27", "resources": {"requests": {"cpu": "100m", "memory": "8Mi"}, "limits": {"cpu": "800m"}}}]}}'
  Error from server (Forbidden): pods "big" is forbidden: [minimum memory usage per Container is 16Mi, but request is 8Mi, maximum cpu usage per Container is 500m, but limit is 800m, cpu max limit to request ratio per Container is 4, but provided ratio is 8.000000]
  [1]

A namespace says by its labels which Pod Security Standard its pods must keep. What is there already stays, and is
told of.

  $ kubectl label namespace default pod-security.kubernetes.io/enforce=restricted
  namespace/default labeled
  Warning: existing pods in namespace "default" violate the new PodSecurity enforce level "restricted:latest"
  Warning: small: allowPrivilegeEscalation != false, unrestricted capabilities, runAsNonRoot != true, seccompProfile
  $ kubectl run web --image=nginx:1.27
  Error from server (Forbidden): pods "web" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "web" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "web" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "web" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container "web" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")
  [1]

A Deployment is taken with a warning; its ReplicaSet is then refused the pods.

  $ kubectl create deployment web --image=nginx:1.27
  deployment.apps/web created
  Warning: would violate PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "nginx" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "nginx" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "nginx" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container "nginx" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")
  $ lab wait 1s
  $ kubectl get deploy web --no-headers | awk '{print $2}'
  0/1
  $ kubectl get deploy web -o jsonpath='{.status.conditions[?(@.type=="ReplicaFailure")].reason}{"\n"}'
  FailedCreate
  $ kubectl apply -f - <<POD
  > apiVersion: v1
  > kind: Pod
  > metadata:
  >   name: modest
  > spec:
  >   securityContext:
  >     runAsNonRoot: true
  >     seccompProfile: {type: RuntimeDefault}
  >   containers:
  >   - name: web
  >     image: nginx:1.27
  >     securityContext:
  >       allowPrivilegeEscalation: false
  >       capabilities: {drop: [ALL]}
  > POD
  pod/modest created

`baseline` forbids what reaches into the node.

  $ kubectl label namespace default pod-security.kubernetes.io/enforce=baseline --overwrite
  namespace/default labeled
  $ kubectl apply -f - <<POD
  > apiVersion: v1
  > kind: Pod
  > metadata:
  >   name: nosy
  > spec:
  >   hostNetwork: true
  >   containers:
  >   - name: a
  >     image: nginx:1.27
  >     ports: [{containerPort: 80, hostPort: 80}]
  >     securityContext:
  >       privileged: true
  >       capabilities: {add: [NET_ADMIN]}
  >   volumes:
  >   - name: root
  >     hostPath: {path: /}
  > POD
  Error from server (Forbidden): error when creating "STDIN": pods "nosy" is forbidden: violates PodSecurity "baseline:latest": non-default capabilities (container "a" must not include "NET_ADMIN" in securityContext.capabilities.add), host namespaces (hostNetwork=true), hostPath volumes (volume "root"), hostPort (container "a" uses hostPort 80), privileged (container "a" must not set securityContext.privileged=true)
  [1]
  $ kubectl label namespace default pod-security.kubernetes.io/enforce=strict --overwrite
  The Namespace "default" is invalid: metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: "strict": must be one of privileged, baseline, restricted
  [1]
