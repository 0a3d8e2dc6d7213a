A machine that is to become a node shows a token first. kubeadm makes it, as a Secret; the API servers know who shows it.

  $ lab topology basic --seed 5
  $ ssh control-plane-1 kubeadm token create > token
  $ kubectl get secret -n kube-system bootstrap-token-$(cut -d. -f1 token) -o jsonpath='{.type}{"\n"}'
  bootstrap.kubernetes.io/token
  $ ssh control-plane-1 kubeadm token list | sed -E 's/^[a-z0-9]{6}\.[a-z0-9]{16}/TOKEN/; s/20[0-9TZ:-]+/TIME/; s/ +/ /g'
  TOKEN TTL EXPIRES USAGES DESCRIPTION EXTRA GROUPS
  TOKEN 23h TIME authentication,signing <none> system:bootstrappers:kubeadm:default-node-token
  $ kubectl config set-credentials joiner --token=$(cat token)
  User "joiner" set.
  $ kubectl --user=joiner auth whoami -o jsonpath='{.status.userInfo.groups}{"\n"}'
  ["system:bootstrappers","system:bootstrappers:kubeadm:default-node-token","system:authenticated"]
  $ kubectl --user=joiner auth can-i create certificatesigningrequests.certificates.k8s.io 2> /dev/null
  yes
  $ kubectl --user=joiner get secrets -n kube-system 2>&1 | sed -E 's/bootstrap:[a-z0-9]+/bootstrap:ID/'
  Error from server (Forbidden): secrets is forbidden: User "system:bootstrap:ID" cannot list resource "secrets" in API group "" in the namespace "kube-system"

Without its Secret it is nothing any more.

  $ kubectl delete secret -n kube-system bootstrap-token-$(cut -d. -f1 token) > /dev/null
  $ kubectl --user=joiner auth whoami
  error: You must be logged in to the server (Unauthorized)
  [1]

A token that has expired goes by itself, when its time has come.

  $ END=$(jq -rn "$(date +%s) + 30 | todate")
  $ kubectl create secret generic bootstrap-token-abcdef -n kube-system --type=bootstrap.kubernetes.io/token --from-literal=token-id=abcdef --from-literal=token-secret=0123456789abcdef --from-literal=usage-bootstrap-authentication=true --from-literal=expiration=$END
  secret/bootstrap-token-abcdef created
  $ kubectl config set-credentials late --token=abcdef.0123456789abcdef
  User "late" set.
  $ kubectl --user=late auth whoami -o jsonpath='{.status.userInfo.username}{"\n"}'
  system:bootstrap:abcdef
  $ lab wait 31s
  $ kubectl get secrets -n kube-system
  No resources found in kube-system namespace.
