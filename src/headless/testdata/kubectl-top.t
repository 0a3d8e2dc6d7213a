kubeadm installs no metrics-server; without one there is nothing that `kubectl top` could ask.

  $ lab topology basic --seed 5
  $ kubectl top nodes
  error: Metrics API not available
  [1]

With metrics-server, figures of nodes and containers flow: what their programs use, measured by the kubelets.

  $ lab topology basic --seed 5 --set metricsServer=true
  $ kubectl get apiservice v1beta1.metrics.k8s.io
  NAME                     SERVICE                      AVAILABLE   AGE
  v1beta1.metrics.k8s.io   kube-system/metrics-server   True        \d+s (re)
  $ kubectl top nodes --sort-by=memory | head -2
  NAME              CPU(cores)   CPU(%)   MEMORY(bytes)   MEMORY(%)   
  control-plane-1   130m         6%       835Mi           20%         
  $ kubectl top pods -n kube-system -l component --sum --sort-by=cpu
  NAME                                      CPU(cores)   MEMORY(bytes)   
  kube-apiserver-control-plane-1            45m          280Mi           
  etcd-control-plane-1                      22m          60Mi            
  kube-controller-manager-control-plane-1   14m          60Mi            
  kube-scheduler-control-plane-1            3m           30Mi            
                                            ________     ________        
                                            84m          430Mi           

A new pod has to be seen twice.

  $ kubectl run burn --image=polinux/stress --overrides='{"spec":{"containers":[{"name":"burn","image":"polinux/stress","command":["stress","--cpu","2"],"resources":{"limits":{"cpu":"1500m"}}}]}}'
  pod/burn created
  $ kubectl run web --image=nginx:1.27
  pod/web created
  $ kubectl top pods
  error: metrics not available yet
  [1]
  $ lab wait 40s
  $ kubectl top pods --sort-by=cpu
  NAME   CPU(cores)   MEMORY(bytes)   
  burn   1500m        2Mi             
  web    1m           8Mi             
  $ kubectl top pod burn --containers --no-headers
  burn   burn   1500m   2Mi   
  $ kubectl get podmetrics burn -o jsonpath='{.containers[0].usage.cpu} {.window}{"\n"}'
  1500m 10s
  $ kubectl top pods --sort-by=disk
  error: --sort-by accepts only cpu or memory
  [1]
  $ kubectl top pod nope
  Error from server (NotFound): podmetrics.metrics.k8s.io "default/nope" not found
  [1]
  $ ssh $(kubectl get pod burn -o jsonpath='{.spec.nodeName}') curl -s http://localhost:10250/metrics/resource | grep 'container_cpu.*burn' | sed 's/ [0-9.]* [0-9]*$//'
  container_cpu_usage_seconds_total{container="burn",namespace="default",pod="burn"}

Its API is gone when its pod is, and comes back with it.

  $ kubectl scale deploy/metrics-server -n kube-system --replicas=0
  deployment.apps/metrics-server scaled
  $ lab wait 5s
  $ kubectl top nodes
  error: Metrics API not available
  [1]
  $ kubectl get apiservice v1beta1.metrics.k8s.io --no-headers | awk '{print $3, $4}'
  False (MissingEndpoints)
  $ kubectl scale deploy/metrics-server -n kube-system --replicas=1
  deployment.apps/metrics-server scaled
  $ lab until 120s 'kubectl top nodes'

An API that nobody answers for keeps namespaces from ending: nobody can tell whether something of it is in them.

  $ kubectl create namespace doomed
  namespace/doomed created
  $ kubectl scale deploy/metrics-server -n kube-system --replicas=0
  deployment.apps/metrics-server scaled
  $ lab wait 5s
  $ kubectl delete namespace doomed --wait=false
  namespace "doomed" deleted
  $ lab wait 20s
  $ kubectl get namespace doomed --no-headers | awk '{print $2}'
  Terminating
  $ kubectl get namespace doomed -o jsonpath='{.status.conditions[?(@.type=="NamespaceDeletionDiscoveryFailure")].message}{"\n"}'
  Discovery failed for some groups, 1 failing: unable to retrieve the complete list of server APIs: metrics.k8s.io/v1beta1: stale GroupVersion discovery: metrics.k8s.io/v1beta1
  $ kubectl delete apiservice v1beta1.metrics.k8s.io
  apiservice.apiregistration.k8s.io "v1beta1.metrics.k8s.io" deleted
  $ lab until 90s '! kubectl get namespace doomed'
