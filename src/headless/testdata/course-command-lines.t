# Command lines that courses on Kubernetes' architecture give

Each on the machine where it belongs: the laptop, the control plane, a node.

  $ lab topology basic --seed 5
  $ kubectl get --raw /healthz
  ok (no-eol)
  $ kubectl get --raw '/readyz?verbose' | tail -1
  readyz check passed
  $ kubectl api-resources | head -3
  NAME                                SHORTNAMES   APIVERSION                        NAMESPACED   KIND
  bindings                                         v1                                true         Binding
  componentstatuses                   cs           v1                                false        ComponentStatus
  $ kubectl api-versions | head -3
  admissionregistration.k8s.io/v1
  apiextensions.k8s.io/v1
  apiregistration.k8s.io/v1
  $ kubectl cluster-info
  Kubernetes control plane is running at https://10.0.0.11:6443
  CoreDNS is running at https://10.0.0.11:6443/api/v1/namespaces/kube-system/services/kube-dns:dns/proxy
  
  To further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.
  $ kubectl get nodes --no-headers | awk '{print $1, $2, $3, $5}'
  control-plane-1 Ready control-plane v1.33.1
  worker-1 Ready <none> v1.33.1
  worker-2 Ready <none> v1.33.1
  worker-3 Ready <none> v1.33.1
  $ kubectl get pods -n kube-system --no-headers | awk '{print $2, $3, $4}' | sort | uniq
  1/1 Running 0
  $ kubectl get componentstatuses
  NAME                 STATUS    MESSAGE   ERROR
  scheduler            Healthy   ok        
  controller-manager   Healthy   ok        
  etcd-0               Healthy   ok        
  Warning: v1 ComponentStatus is deprecated in v1.19+
  $ kubectl get endpoints -n kube-system -o name
  endpoints/kube-dns
  Warning: v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice
  $ kubectl describe node worker-1 | grep -A 10 "Conditions" | awk '{print $1, $2}' | head -7
  Conditions: 
  Type Status
  ---- ------
  MemoryPressure False
  DiskPressure False
  PIDPressure False
  Ready True
  $ kubectl describe nodes | grep -A 5 "Allocated resources" | head -6
  Allocated resources:
    (Total limits may be over 100 percent, i.e., overcommitted.)
    Resource           Requests    Limits
    --------           --------    ------
    cpu                650m (32%)  0 (0%)
    memory             100Mi (2%)  0 (0%)
  $ kubectl get nodes -o json | jq '.items[].spec.taints'
  [
    {
      "effect": "NoSchedule",
      "key": "node-role.kubernetes.io/control-plane"
    }
  ]
  null
  null
  null
  $ kubectl get configmap kube-proxy -n kube-system -o yaml | grep mode
      mode: ""
  $ kubectl config view --minify -o jsonpath='{.clusters[0].cluster.server}{"\n"}'
  https://10.0.0.11:6443

A pod and a Deployment, and the API without kubectl:

  $ kubectl run nginx --image=nginx
  pod/nginx created
  $ kubectl create deployment nginx --image=nginx
  deployment.apps/nginx created
  $ kubectl wait --for=condition=Available deploy/nginx --timeout=60s
  deployment.apps/nginx condition met
  $ kubectl wait --for=condition=Ready pod/nginx --timeout=60s
  pod/nginx condition met
  $ kubectl logs nginx | tail -1
  /docker-entrypoint.sh: Configuration complete; ready for start up
  $ kubectl logs -n kube-system deploy/coredns 2>/dev/null | tail -2
  CoreDNS-1.12.0
  linux/amd64, go1.23.3, 51e11f1
  $ curl -k https://control-plane-1:6443/healthz
  ok (no-eol)
  $ kubectl create serviceaccount reader
  serviceaccount/reader created
  $ kubectl create clusterrolebinding reader --clusterrole=view --serviceaccount=default:reader
  clusterrolebinding.rbac.authorization.k8s.io/reader created
  $ TOKEN=$(kubectl create token reader)
  $ curl -sk https://10.0.0.11:6443/api/v1/namespaces/default/pods --header "Authorization: Bearer $TOKEN" | jq -r .kind
  PodList
  $ curl -sk https://10.0.0.11:6443/api/v1/namespaces/default/secrets --header "Authorization: Bearer $TOKEN" | jq -r .message
  secrets is forbidden: User "system:serviceaccount:default:reader" cannot list resource "secrets" in API group "" in the namespace "default"

etcd, on the control plane; the flag that etcdctl does not have is answered as by the real one:

  $ ssh control-plane-1 'ETCDCTL_API=3 etcdctl snapshot save /backup/etcd-snapshot.db --endpoints=https://127.0.0.1:2379 --cacert=/etc/kubernetes/pki/etcd/ca.crt --cert=/etc/kubernetes/pki/etcd/server.crt --key=/etc/kubernetes/pki/etcd/server.key' 2>/dev/null
  Snapshot saved at /backup/etcd-snapshot.db
  $ ssh control-plane-1 'ETCDCTL_API=3 etcdctl snapshot status /backup/etcd-snapshot.db --write-table 2>&1 | grep -E "^(Error|Hint)"'
  Error: unknown flag: --write-table
  Hint: a table is asked for with --write-out=table, or -w table.
  $ ssh control-plane-1 'etcdctl endpoint health | cut -d: -f1-3'
  127.0.0.1:2379 is healthy: successfully committed proposal
  $ ssh control-plane-1 'etcdctl get /registry --prefix --keys-only | head -1'
  /registry/apiregistration.k8s.io/apiservices/v1.
  $ ssh control-plane-1 'etcdctl endpoint status --write-out=table | sed -n 2p'
  |    ENDPOINT    |        ID        | VERSION | DB SIZE | IS LEADER | IS LEARNER | RAFT TERM | RAFT INDEX | RAFT APPLIED INDEX | ERRORS |
  $ ssh control-plane-1 etcdctl defrag | cut -d. -f1-4
  Finished defragmenting etcd member[127.0.0.1:2379]

A node's kubelet, runtime, rules and resources:

  $ ssh worker-1 sudo systemctl status kubelet | head -1
  ● kubelet.service - kubelet: The Kubernetes Node Agent
  $ ssh worker-1 systemctl status containerd | head -1
  ● containerd.service - containerd container runtime
  $ ssh worker-1 'sudo iptables -t nat -L KUBE-SERVICES -n | head -2'
  Chain KUBE-SERVICES (2 references)
  target     prot opt source               destination         
  $ ssh worker-1 'grep -A1 clusterDNS /var/lib/kubelet/config.yaml'
  clusterDNS:
  - 10.96.0.10
  $ ssh worker-1 'journalctl -u kubelet --since "5 min ago" | grep -c Version'
  \d+ (re)
  $ ssh worker-1 'journalctl -u kubelet -f --no-pager | tail -1 | wc -l'
  1
  Hint: journalctl -f follows for ever, so in a pipe nothing ends it (here it was stopped after 10 s). For the last lines: journalctl -u kubelet -n 20
  $ ssh worker-1 'crictl ps | head -1'
  CONTAINER           IMAGE               CREATED             STATE               NAME                ATTEMPT             POD ID              POD                 NAMESPACE
  $ ssh worker-1 crictl images | awk '{print $1, $2}' | grep kube-proxy
  registry.k8s.io/kube-proxy v1.33.1
  $ ssh worker-1 systemctl restart kubelet
  $ ssh worker-1 df -h
  Filesystem      Size  Used Avail Use% Mounted on
  tmpfs           820M  1.5M  818M   1% /run
  /dev/vda1       100G  6.0G   94G   6% /
  $ ssh worker-1 'free -m | head -1'
                 total        used        free      shared  buff/cache   available
  $ ssh worker-1 'ping -c 1 10.0.0.11 | tail -2 | head -1 | cut -d, -f1-3'
  1 packets transmitted, 1 received, 0% packet loss
  $ ssh worker-1 'dmesg | tail -1'
  [    4.310872] bridge: filtering via arp/ip/ip6tables is no longer available by default.
  $ ssh worker-1 'ps aux | grep -c kubelet'
  1
  $ ssh worker-1 'ss -tln | grep -c 10250'
  1
  $ ssh worker-1 dig +short kubernetes.default.svc.cluster.local
  10.96.0.1
  $ ssh worker-1 docker ps
  bash: docker: command not found
  Hint: kubelets speak to containerd; use "crictl ps".
  [127]

Certificates and tokens:

  $ ssh control-plane-1 openssl x509 -in /etc/kubernetes/pki/apiserver.crt -noout -dates
  notBefore=Nov 20 08:55:00 2026 GMT
  notAfter=Nov 20 08:55:00 2027 GMT
  $ ssh control-plane-1 'kubeadm certs check-expiration | grep "^apiserver "'
  apiserver                  Nov 20, 2027 08:55 UTC   364d            ca                      no
  $ ssh control-plane-1 'kubeadm token create --print-join-command | cut -d" " -f1-3'
  kubeadm join 10.0.0.11:6443
