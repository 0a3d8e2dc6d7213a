The walkthrough of Kubernetes' documentation: a web server whose pages cost CPU time, and an autoscaler that keeps its pods
at half of the CPU that they ask for.

  $ lab topology basic --seed 7 --set metricsServer=true
  $ cat > php-apache.yaml <<END
  > apiVersion: apps/v1
  > kind: Deployment
  > metadata:
  >   name: php-apache
  > spec:
  >   selector:
  >     matchLabels:
  >       run: php-apache
  >   template:
  >     metadata:
  >       labels:
  >         run: php-apache
  >     spec:
  >       containers:
  >       - name: php-apache
  >         image: registry.k8s.io/hpa-example
  >         ports:
  >         - containerPort: 80
  >         resources:
  >           limits:
  >             cpu: 500m
  >           requests:
  >             cpu: 200m
  > ---
  > apiVersion: v1
  > kind: Service
  > metadata:
  >   name: php-apache
  >   labels:
  >     run: php-apache
  > spec:
  >   ports:
  >   - port: 80
  >   selector:
  >     run: php-apache
  > END
  $ kubectl apply -f php-apache.yaml
  deployment.apps/php-apache created
  service/php-apache created
  $ kubectl autoscale deployment php-apache --cpu-percent=50 --min=1 --max=10
  horizontalpodautoscaler.autoscaling/php-apache autoscaled
  $ kubectl get hpa
  NAME         REFERENCE               TARGETS              MINPODS   MAXPODS   REPLICAS   AGE
  php-apache   Deployment/php-apache   cpu: <unknown>/50%   1         10        0          0s
  $ lab until 120s 'kubectl get hpa php-apache --no-headers | grep -v unknown'
  $ kubectl get hpa
  NAME         REFERENCE               TARGETS       MINPODS   MAXPODS   REPLICAS   AGE
  php-apache   Deployment/php-apache   cpu: 0%/50%   1         10        1          \d+s (re)

Load: a pod that asks the Service again and again. One pod is held to its limit, half a core, which is 250 % of its request.
Seven or so share the work at half of what they ask for.

  $ kubectl run load-generator --image=busybox:1.28 --restart=Never -- /bin/sh -c "while sleep 0.01; do wget -q -O- http://php-apache; done"
  pod/load-generator created
  $ lab until 90s 'test $(kubectl get deployment php-apache -o jsonpath={.spec.replicas}) -gt 1'
  $ lab wait 5m
  $ kubectl get hpa php-apache --no-headers | awk '{print $3, $4, $7}'
  cpu: (4\d|5\d)%/50% [678] (re)
  $ kubectl get deployment php-apache --no-headers | awk '{print $2}'
  ([678])/\1 (re)
  $ kubectl get hpa php-apache -o jsonpath='{range .status.conditions[*]}{.type} {.status} {.reason}{"\n"}{end}'
  AbleToScale True (ReadyForNewScale|ScaleDownStabilized) (re)
  ScalingActive True ValidMetricFound
  ScalingLimited False DesiredWithinRange

Without the load it waits five minutes, the time for which it remembers that more were wanted, and shrinks.

  $ kubectl delete pod load-generator --now
  pod "load-generator" deleted
  $ lab wait 1m
  $ kubectl get hpa php-apache --no-headers | awk '{print $3, $4, $7}'
  cpu: 0%/50% [678] (re)
  $ kubectl get hpa php-apache -o jsonpath='{.status.conditions[?(@.type=="AbleToScale")].reason}{"\n"}'
  ScaleDownStabilized
  $ lab wait 5m
  $ kubectl get hpa php-apache --no-headers | awk '{print $3, $4, $7}'
  cpu: 0%/50% 1
  $ kubectl get events --field-selector involvedObject.name=php-apache,reason=SuccessfulRescale -o jsonpath='{range .items[*]}{.message}{"\n"}{end}' | tail -1
  New size: 1; reason: All metrics below target

What it cannot do it says: a metric that nobody serves, a target that is not there. Versions 1 and 2 of the API are two views
of one object.

  $ cat > more.yaml <<END
  > apiVersion: autoscaling/v2
  > kind: HorizontalPodAutoscaler
  > metadata:
  >   name: queue
  > spec:
  >   scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: php-apache}
  >   maxReplicas: 5
  >   metrics:
  >   - type: Pods
  >     pods: {metric: {name: packets-per-second}, target: {type: AverageValue, averageValue: 1k}}
  > ---
  > apiVersion: autoscaling/v2
  > kind: HorizontalPodAutoscaler
  > metadata:
  >   name: nope
  > spec:
  >   scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: nope}
  >   maxReplicas: 5
  > ---
  > apiVersion: autoscaling/v1
  > kind: HorizontalPodAutoscaler
  > metadata:
  >   name: coredns
  >   namespace: kube-system
  > spec:
  >   scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: coredns}
  >   minReplicas: 3
  >   maxReplicas: 4
  >   targetCPUUtilizationPercentage: 80
  > END
  $ kubectl delete hpa php-apache
  horizontalpodautoscaler.autoscaling "php-apache" deleted
  $ kubectl apply -f more.yaml
  horizontalpodautoscaler.autoscaling/queue created
  horizontalpodautoscaler.autoscaling/nope created
  horizontalpodautoscaler.autoscaling/coredns created
  $ lab wait 50s
  $ kubectl get hpa nope -o jsonpath='{.status.conditions[0].reason}: {.status.conditions[0].message}{"\n"}'
  FailedGetScale: the HPA controller was unable to get the target's current scale: deployments/scale.apps "nope" not found
  $ kubectl get hpa queue -o jsonpath='{.status.conditions[1].reason}: {.status.conditions[1].message}{"\n"}'
  FailedGetPodsMetric: the HPA was unable to compute the replica count: unable to get metric packets-per-second: unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered
  $ kubectl get hpa -n kube-system coredns -o jsonpath='{.spec.metrics[0].resource.target.averageUtilization} {.status.desiredReplicas}{"\n"}'
  80 3
  $ kubectl get hpa.v1.autoscaling -n kube-system coredns -o jsonpath='{.spec.targetCPUUtilizationPercentage}{"\n"}'
  80
