A StatefulSet's pods have names that stay, and come and go in order.

  $ lab topology basic --seed 7
  $ cat > web.yaml <<'EOF'
  > apiVersion: v1
  > kind: Service
  > metadata:
  >   name: web
  > spec:
  >   clusterIP: None
  >   selector: { app: web }
  >   ports: [{ port: 80 }]
  > ---
  > apiVersion: apps/v1
  > kind: StatefulSet
  > metadata:
  >   name: web
  > spec:
  >   serviceName: web
  >   replicas: 3
  >   selector:
  >     matchLabels: { app: web }
  >   template:
  >     metadata:
  >       labels: { app: web }
  >     spec:
  >       terminationGracePeriodSeconds: 2
  >       containers:
  >       - name: nginx
  >         image: nginx:1.26
  >         readinessProbe:
  >           httpGet: { port: 80 }
  >           initialDelaySeconds: 5
  >           periodSeconds: 2
  > EOF
  $ kubectl apply -f web.yaml
  service/web created
  statefulset.apps/web created
  $ lab wait 3s
  $ kubectl get pods
  NAME    READY   STATUS    RESTARTS   AGE
  web-0   0/1     Running   0          3s
  $ kubectl rollout status statefulset/web
  Waiting for 3 pods to be ready...
  Waiting for 2 pods to be ready...
  Waiting for 2 pods to be ready...
  Waiting for 1 pods to be ready...
  Waiting for 1 pods to be ready...
  partitioned roll out complete: 3 new pods have been updated...
  $ kubectl get pods --no-headers | awk '{print $1, $2, $3}'
  web-0 1/1 Running
  web-1 1/1 Running
  web-2 1/1 Running
  $ kubectl get sts
  NAME   READY   AGE
  web    3/3     24s
  $ kubectl get pod web-1 -o jsonpath='{.metadata.labels.apps\.kubernetes\.io/pod-index} {.metadata.labels.statefulset\.kubernetes\.io/pod-name} {.spec.hostname} {.spec.subdomain}{"\n"}'
  1 web-1 web-1 web
  $ kubectl get events --field-selector involvedObject.kind=StatefulSet -o custom-columns=TYPE:.type,REASON:.reason,MESSAGE:.message --no-headers
  Normal   SuccessfulCreate   create Pod web-0 in StatefulSet web successful
  Normal   SuccessfulCreate   create Pod web-1 in StatefulSet web successful
  Normal   SuccessfulCreate   create Pod web-2 in StatefulSet web successful

Each has a name in DNS.

  $ kubectl exec web-0 -- sh -c 'curl -s http://web-2.web.default.svc.cluster.local | head -1'
  <!DOCTYPE html>

A deleted pod comes back under its name.

  $ kubectl delete pod web-1
  pod "web-1" deleted
  $ lab wait 12s
  $ kubectl get pods --no-headers | awk '{print $1, $2, $3}'
  web-0 1/1 Running
  web-1 1/1 Running
  web-2 1/1 Running

A new template is rolled out from the highest ordinal down to the partition.

  $ kubectl patch sts web -p '{"spec":{"updateStrategy":{"rollingUpdate":{"partition":1}}}}'
  statefulset.apps/web patched
  $ kubectl set image sts/web nginx=nginx:1.27
  statefulset.apps/web image updated
  $ kubectl rollout status sts/web
  Waiting for statefulset spec update to be observed...
  Waiting for partitioned roll out to finish: 0 out of 2 new pods have been updated...
  Waiting for 1 pods to be ready...
  Waiting for 1 pods to be ready...
  Waiting for 1 pods to be ready...
  Waiting for partitioned roll out to finish: 1 out of 2 new pods have been updated...
  Waiting for 1 pods to be ready...
  Waiting for 1 pods to be ready...
  Waiting for 1 pods to be ready...
  partitioned roll out complete: 2 new pods have been updated...
  $ kubectl get pods -o jsonpath='{range .items[*]}{.metadata.name} {.spec.containers[0].image}{"\n"}{end}'
  web-0 nginx:1.26
  web-1 nginx:1.27
  web-2 nginx:1.27
  $ kubectl patch sts web -p '{"spec":{"updateStrategy":{"rollingUpdate":{"partition":0}}}}'
  statefulset.apps/web patched
  $ kubectl rollout status sts/web | tail -1
  partitioned roll out complete: 3 new pods have been updated...
  $ kubectl get pods -o jsonpath='{range .items[*]}{.metadata.name} {.spec.containers[0].image}{"\n"}{end}'
  web-0 nginx:1.27
  web-1 nginx:1.27
  web-2 nginx:1.27
  $ kubectl rollout history sts/web
  statefulset.apps/web 
  REVISION  CHANGE-CAUSE
  1         <none>
  2         <none>
  
  $ kubectl rollout undo sts/web
  statefulset.apps/web rolled back
  $ kubectl rollout status sts/web | tail -1
  partitioned roll out complete: 3 new pods have been updated...
  $ kubectl get pods -o jsonpath='{.items[*].spec.containers[0].image}{"\n"}'
  nginx:1.26 nginx:1.26 nginx:1.26
  $ kubectl rollout history sts/web
  statefulset.apps/web 
  REVISION  CHANGE-CAUSE
  2         <none>
  3         <none>
  
  $ kubectl rollout restart sts/web
  statefulset.apps/web restarted
  $ kubectl rollout status sts/web | tail -1
  partitioned roll out complete: 3 new pods have been updated...

An update that never gets ready stops where it is, and must be mended by hand: the pod in the way has to be deleted.

  $ kubectl set image sts/web nginx=nginx:nope
  statefulset.apps/web image updated
  $ lab wait 30s
  $ kubectl get pods --no-headers | awk '{print $1, $2, $3}'
  web-0 1/1 Running
  web-1 1/1 Running
  web-2 0/1 ImagePullBackOff
  $ kubectl rollout undo sts/web
  statefulset.apps/web rolled back
  $ lab wait 30s
  $ kubectl get pods --no-headers | awk '{print $1, $2, $3}'
  web-0 1/1 Running
  web-1 1/1 Running
  web-2 0/1 ImagePullBackOff
  $ kubectl delete pod web-2
  pod "web-2" deleted
  $ kubectl rollout status sts/web | tail -1
  partitioned roll out complete: 3 new pods have been updated...

  $ kubectl delete -f web.yaml
  service "web" deleted
  statefulset.apps "web" deleted
  $ lab wait 5s
  $ kubectl get pods,controllerrevisions
  No resources found in default namespace.

It is scaled down from the highest ordinal, and each pod is waited for. A pod that is not ready stops that as well.

  $ kubectl apply -f - <<'EOF'
  > apiVersion: apps/v1
  > kind: StatefulSet
  > metadata:
  >   name: slow
  > spec:
  >   replicas: 3
  >   selector:
  >     matchLabels: { app: slow }
  >   template:
  >     metadata:
  >       labels: { app: slow }
  >     spec:
  >       terminationGracePeriodSeconds: 4
  >       containers:
  >       - name: slow
  >         image: busybox:1.36
  >         command: [sleep, "3600"]
  > EOF
  statefulset.apps/slow created
  $ lab wait 10s
  $ kubectl scale sts slow --replicas=1
  statefulset.apps/slow scaled
  $ lab wait 2s
  $ kubectl get pods --no-headers | awk '{print $1, $3}'
  slow-0 Running
  slow-1 Running
  slow-2 Terminating
  $ lab wait 4s
  $ kubectl get pods --no-headers | awk '{print $1, $3}'
  slow-0 Running
  slow-1 Terminating
  $ lab wait 6s
  $ kubectl get pods --no-headers | awk '{print $1, $3}'
  slow-0 Running
  $ kubectl delete sts slow
  statefulset.apps "slow" deleted
  $ lab wait 8s

With podManagementPolicy Parallel they do not wait for each other. Numbers can begin elsewhere.

  $ sed 's/replicas: 3/replicas: 3\n  podManagementPolicy: Parallel\n  ordinals: { start: 5 }/' web.yaml | kubectl apply -f -
  service/web created
  statefulset.apps/web created
  $ lab wait 3s
  $ kubectl get pods --no-headers | awk '{print $1, $3}'
  web-5 Running
  web-6 Running
  web-7 Running
  $ kubectl delete -f web.yaml
  service "web" deleted
  statefulset.apps "web" deleted
  $ lab wait 5s

Each pod has claims of its own, which stay when it goes, unless the set says otherwise.

  $ kubectl apply -f - <<'EOF'
  > apiVersion: apps/v1
  > kind: StatefulSet
  > metadata:
  >   name: db
  > spec:
  >   serviceName: db
  >   replicas: 2
  >   podManagementPolicy: Parallel
  >   persistentVolumeClaimRetentionPolicy: { whenScaled: Delete, whenDeleted: Retain }
  >   selector:
  >     matchLabels: { app: db }
  >   template:
  >     metadata:
  >       labels: { app: db }
  >     spec:
  >       containers:
  >       - name: nginx
  >         image: nginx:1.26
  >         volumeMounts: [{ name: data, mountPath: /data }]
  >   volumeClaimTemplates:
  >   - metadata:
  >       name: data
  >     spec:
  >       accessModes: [ReadWriteOnce]
  >       resources: { requests: { storage: 1Gi } }
  > EOF
  statefulset.apps/db created
  $ lab wait 3s
  $ kubectl get pvc -o custom-columns=NAME:.metadata.name,APP:.metadata.labels.app,SIZE:.spec.resources.requests.storage
  NAME        APP   SIZE
  data-db-0   db    1Gi
  data-db-1   db    1Gi
  $ kubectl get pod db-1 -o jsonpath='{.spec.volumes[0].persistentVolumeClaim.claimName}{"\n"}'
  data-db-1
  $ kubectl scale sts db --replicas=1
  statefulset.apps/db scaled
  $ lab wait 5s
  $ kubectl get pvc -o jsonpath='{range .items[*]}{.metadata.name} {.metadata.deletionTimestamp}{"\n"}{end}' | awk 'NF == 1 {print $1}'
  data-db-0
  $ kubectl delete sts db
  statefulset.apps "db" deleted
  $ lab wait 5s
  $ kubectl get pvc -o jsonpath='{range .items[*]}{.metadata.name} {.metadata.deletionTimestamp}{"\n"}{end}' | awk 'NF == 1 {print $1}'
  data-db-0
  $ lab check
