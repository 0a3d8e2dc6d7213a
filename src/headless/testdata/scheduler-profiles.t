A scheduler can have several profiles. This one packs pods of its second profile together and takes no more nodes than it
must; its first profile spreads them, as by default:

  $ lab topology basic --seed 5
  $ cat <<'YAML' | ssh control-plane-1 'cat > /etc/kubernetes/scheduler-config.yaml'
  > apiVersion: kubescheduler.config.k8s.io/v1
  > kind: KubeSchedulerConfiguration
  > clientConnection: {kubeconfig: /etc/kubernetes/scheduler.conf}
  > profiles:
  > - schedulerName: default-scheduler
  > - schedulerName: bin-packer
  >   plugins:
  >     score:
  >       disabled: [{name: "*"}]
  >       enabled: [{name: NodeResourcesFit, weight: 1}]
  >   pluginConfig:
  >   - name: NodeResourcesFit
  >     args:
  >       scoringStrategy:
  >         type: MostAllocated
  >         resources: [{name: cpu, weight: 1}]
  > YAML
  $ ssh control-plane-1 "sed -i 's|- --leader-elect=true|- --config=/etc/kubernetes/scheduler-config.yaml|' /etc/kubernetes/manifests/kube-scheduler.yaml"
  $ lab wait 60s
  $ lab status | grep kube-scheduler
  kube-scheduler            control-plane-1   running   39.77s      leader
  $ for name in default-scheduler bin-packer; do cat <<YAML | kubectl apply -f -; done
  > apiVersion: apps/v1
  > kind: Deployment
  > metadata: {name: by-$name}
  > spec:
  >   replicas: 3
  >   selector: {matchLabels: {by: $name}}
  >   template:
  >     metadata: {labels: {by: $name}}
  >     spec:
  >       schedulerName: $name
  >       containers:
  >       - {name: web, image: nginx:1.27, resources: {requests: {cpu: 500m}}}
  > YAML
  deployment.apps/by-default-scheduler created
  deployment.apps/by-bin-packer created
  $ lab until 60s 'kubectl wait --for=condition=Available deploy --all --timeout=0s'
  $ kubectl get pods -l by=default-scheduler -o wide --no-headers | awk '{print $7}' | sort | uniq -c
     1 worker-1
     1 worker-2
     1 worker-3
  $ kubectl get pods -l by=bin-packer -o wide --no-headers | awk '{print $7}' | sort | uniq -c
     3 worker-3

Events say which of them decided:

  $ kubectl get events -o jsonpath='{range .items[?(@.reason=="Scheduled")]}{.reportingComponent}{"\n"}{end}' | sort | uniq -c
     3 bin-packer
     3 default-scheduler

A configuration that is wrong ends the program, which says why:

  $ ssh control-plane-1 "sed -i 's/MostAllocated/Tightest/' /etc/kubernetes/scheduler-config.yaml"
  $ lab fail crash kube-scheduler@control-plane-1
  $ lab wait 20s
  $ kubectl get pods -n kube-system -l component=kube-scheduler
  NAME                             READY   STATUS             RESTARTS     AGE
  kube-scheduler-control-plane-1   0/1     CrashLoopBackOff   2 (9s ago)   63s
  $ kubectl logs -n kube-system kube-scheduler-control-plane-1 | tail -1
  E1120 09:01:34.774707       1 run.go:72] "command failed" err="profiles[1].pluginConfig[0].args.scoringStrategy.type: Unsupported value: \"Tightest\": supported values: \"LeastAllocated\", \"MostAllocated\", \"RequestedToCapacityRatio\""
