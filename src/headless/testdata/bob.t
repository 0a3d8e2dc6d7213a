Bob is new. He makes a key and a request for a certificate; who may approve for that signer approves, and the
controller-manager signs.

  $ lab topology single --seed 5
  $ openssl genrsa -out bob.key 2048
  $ openssl req -new -key bob.key -subj /CN=bob/O=devs -out bob.csr
  $ kubectl apply -f - <<CSR
  > apiVersion: certificates.k8s.io/v1
  > kind: CertificateSigningRequest
  > metadata:
  >   name: bob
  > spec:
  >   request: $(base64 -w0 bob.csr)
  >   signerName: kubernetes.io/kube-apiserver-client
  >   expirationSeconds: 86400
  >   usages: [client auth]
  > CSR
  certificatesigningrequest.certificates.k8s.io/bob created
  $ kubectl get csr
  NAME   AGE   SIGNERNAME                            REQUESTOR          REQUESTEDDURATION   CONDITION
  bob    0s    kubernetes.io/kube-apiserver-client   kubernetes-admin   24h                 Pending
  $ kubectl certificate approve bob
  certificatesigningrequest.certificates.k8s.io/bob approved
  $ lab wait 1s
  $ kubectl get csr --no-headers | awk '{print $NF}'
  Approved,Issued
  $ kubectl get csr bob -o jsonpath='{.status.certificate}' | base64 -d > bob.crt
  $ openssl x509 -in bob.crt -noout -subject -dates
  subject=O = devs, CN = bob
  notBefore=Nov 20 \d\d:\d\d:\d\d 2026 GMT (re)
  notAfter=Nov 21 \d\d:\d\d:\d\d 2026 GMT (re)
  $ kubectl config set-credentials bob --client-certificate=bob.crt --client-key=bob.key --embed-certs=true
  User "bob" set.
  $ kubectl config set-context bob --cluster=kubernetes --user=bob
  Context "bob" created.
  $ kubectl --context bob auth whoami
  ATTRIBUTE                                           VALUE
  Username                                            bob
  Groups                                              [devs system:authenticated]
  Extra: authentication.kubernetes.io/credential-id   \[X509SHA256=\w+\] (re)

He is known, and may do nothing. The trace shows where he was refused, and which rule nobody gave him.

  $ kubectl --context bob get pods
  Error from server (Forbidden): pods is forbidden: User "bob" cannot list resource "pods" in API group "" in the namespace "default"
  [1]
  $ kubectl --context bob create configmap mine
  error: failed to create configmap: configmaps is forbidden: User "bob" cannot create resource "configmaps" in API group "" in the namespace "default"
  [1]
  $ lab trace | grep -E ' - auth' | sed 's/^ *//'
  - authentication: user: bob, groups: ["devs","system:authenticated"]
  - authorization: decision: deny, verb: create, resource: configmaps, missing: {APIGroups:[""], Resources:["configmaps"], Verbs:["create"]} in the namespace "default"
  $ kubectl auth can-i list pods --as bob
  no
  [1]

A Role and a RoleBinding mend it, in one namespace and for what they say.

  $ kubectl create role pod-reader --verb=get,list,watch --resource=pods
  role.rbac.authorization.k8s.io/pod-reader created
  $ kubectl create rolebinding bob --role=pod-reader --user=bob
  rolebinding.rbac.authorization.k8s.io/bob created
  $ kubectl --context bob get pods
  No resources found in default namespace.
  $ kubectl auth can-i list pods --as bob
  yes
  $ kubectl --context bob get pods -n kube-system
  Error from server (Forbidden): pods is forbidden: User "bob" cannot list resource "pods" in API group "" in the namespace "kube-system"
  [1]
  $ kubectl --context bob run web --image=nginx:1.27
  Error from server (Forbidden): pods is forbidden: User "bob" cannot create resource "pods" in API group "" in the namespace "default"
  [1]

Groups count, too: all devs may edit. Nobody gives away what they do not have.

  $ kubectl create rolebinding devs --clusterrole=edit --group=devs
  rolebinding.rbac.authorization.k8s.io/devs created
  $ kubectl --context bob run web --image=nginx:1.27
  pod/web created
  $ kubectl --context bob create role more --verb=get --resource=pods
  Error from server (Forbidden): roles.rbac.authorization.k8s.io is forbidden: User "bob" cannot create resource "roles" in API group "rbac.authorization.k8s.io" in the namespace "default"
  [1]
  $ kubectl create rolebinding chiefs --clusterrole=admin --user=bob
  rolebinding.rbac.authorization.k8s.io/chiefs created
  $ kubectl --context bob create role nodes --verb=delete --resource=nodes
  Error from server (Forbidden): roles.rbac.authorization.k8s.io "nodes" is forbidden: user "bob" (groups=["devs" "system:authenticated"]) is attempting to grant RBAC permissions not currently held:
  {APIGroups:[""], Resources:["nodes"], Verbs:["delete"]}
  [1]
  $ kubectl --context bob create rolebinding all --clusterrole=cluster-admin --user=eve
  error: failed to create rolebinding: rolebindings.rbac.authorization.k8s.io "all" is forbidden: user "bob" (groups=["devs" "system:authenticated"]) is attempting to grant RBAC permissions not currently held:
  {APIGroups:["*"], Resources:["*"], Verbs:["*"]}
  {NonResourceURLs:["*"], Verbs:["*"]}
  [1]

ClusterRoles such as `view` are put together from others by a controller.

  $ kubectl create clusterrole node-reader --verb=get,list --resource=nodes
  clusterrole.rbac.authorization.k8s.io/node-reader created
  $ kubectl label clusterrole node-reader rbac.authorization.k8s.io/aggregate-to-view=true
  clusterrole.rbac.authorization.k8s.io/node-reader labeled
  $ lab wait 1s
  $ kubectl get clusterrole view -o json | jq -c '.rules[] | select(.resources[0] == "nodes")'
  {"apiGroups":[""],"resources":["nodes"],"verbs":["get","list"]}

No request makes anybody a master of the cluster, and a certificate that nobody signed counts for nothing.

  $ openssl req -new -key bob.key -subj /CN=eve/O=system:masters -out eve.csr
  $ kubectl apply -f - <<CSR
  > apiVersion: certificates.k8s.io/v1
  > kind: CertificateSigningRequest
  > metadata: {name: eve}
  > spec:
  >   request: $(base64 -w0 eve.csr)
  >   signerName: kubernetes.io/kube-apiserver-client
  >   usages: [client auth]
  > CSR
  Error from server (Forbidden): error when creating "STDIN": certificatesigningrequests.certificates.k8s.io "eve" is forbidden: use of kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed
  [1]
  $ kubectl --client-certificate=bob.csr --client-key=bob.key get pods
  error: You must be logged in to the server (Unauthorized)
  [1]
