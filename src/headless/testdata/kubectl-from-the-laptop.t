# From the laptop into the cluster and back

A port of the laptop leads to one of a Service's pods as long as the command runs, here in the background:

  $ lab topology single --seed 3
  $ kubectl create deployment web --image=nginx:1.27
  deployment.apps/web created
  $ kubectl expose deployment web --port=80
  service/web exposed
  $ kubectl wait --for=condition=Available deploy/web --timeout=60s
  deployment.apps/web condition met
  $ kubectl port-forward svc/web 8080:80 &
  Forwarding from 127.0.0.1:8080 -> 80
  Forwarding from [::1]:8080 -> 80
  [1] 4201
  $ curl -s localhost:8080 | grep title
  <title>Welcome to nginx!</title>
  Handling connection for 8080
  $ jobs
  [1]+  Running                 kubectl port-forward svc/web 8080:80 &
  $ kill %1
  [1]+  Terminated              kubectl port-forward svc/web 8080:80
  $ curl -s localhost:8080
  [7]
  $ kubectl port-forward svc/web 8080:81
  error: Service 'web' does not have a service port 81
  [1]

So does the API itself, with one's own credentials:

  $ kubectl proxy --port=8001 &
  Starting to serve on 127.0.0.1:8001
  [1] 4201
  $ curl -s http://localhost:8001/api/v1/namespaces/default/services/web | jq -r .spec.type
  ClusterIP
  $ curl -s http://localhost:8001/api/v1/namespaces/default/pods/web/exec
  Forbidden
  $ kill %1
  [1]+  Terminated              kubectl proxy --port=8001

Files go into a container and come out of it:

  $ kubectl run box --image=busybox:1.36 --restart=Never -- sleep 3600
  pod/box created
  $ kubectl wait --for=condition=Ready pod/box --timeout=60s
  pod/box condition met
  $ mkdir letters; echo one > letters/a; echo two > letters/b
  $ kubectl cp letters box:/tmp/
  $ kubectl exec box -- ls /tmp/letters
  a
  b
  $ kubectl cp box:/tmp/letters ./back; cat back/a back/b
  one
  two
  $ kubectl cp nowhere.txt box:/tmp/
  error: nowhere.txt doesn't exist in local filesystem
  [1]

A container that joins a running pod:

  $ kubectl debug box --image=busybox:1.36 --profile=general -c helper -q -- echo from the helper
  $ lab until 20s 'kubectl logs box -c helper'
  $ kubectl logs box -c helper
  from the helper

An object in an editor that the shell has, and what none has:

  $ KUBE_EDITOR='sed -i s/replicas:.1/replicas:\ 2/' kubectl edit deploy web
  deployment.apps/web edited
  $ kubectl get deploy web -o jsonpath='{.spec.replicas}{"\n"}'
  2
  $ kubectl edit deploy web
  error: unable to launch the editor "vi"
  [1]

The Dashboard's manifest ships with the product; the rest of the web is out of reach:

  $ kubectl apply -f https://raw.githubusercontent.com/kubernetes/dashboard/v2.7.0/aio/deploy/recommended.yaml | grep deployment
  deployment.apps/kubernetes-dashboard created
  deployment.apps/dashboard-metrics-scraper created
  $ kubectl wait --for=condition=Available -n kubernetes-dashboard deploy --all --timeout=90s
  deployment.apps/dashboard-metrics-scraper condition met
  deployment.apps/kubernetes-dashboard condition met
  $ kubectl apply -f https://example.com/x.yaml
  error: unable to read URL "https://example.com/x.yaml": there is no internet here. Put the manifest into a file and apply that; what ships with this cluster is https://raw.githubusercontent.com/kubernetes/dashboard/v2.7.0/aio/deploy/recommended.yaml, https://github.com/kubernetes-sigs/metrics-server/releases/latest/download/components.yaml, https://raw.githubusercontent.com/rancher/local-path-provisioner/v0.0.31/deploy/local-path-storage.yaml
  [1]

A kustomization:

  $ mkdir -p base over
  $ cat > base/kustomization.yaml <<'YAML'
  > resources: [web.yaml]
  > configMapGenerator:
  > - name: settings
  >   literals: [color=red]
  > YAML
  $ kubectl create deployment site --image=nginx:1.26 --dry-run=client -o yaml > base/web.yaml
  $ cat > over/kustomization.yaml <<'YAML'
  > resources: [../base]
  > namePrefix: prod-
  > images: [{name: nginx, newTag: "1.27"}]
  > replicas: [{name: site, count: 2}]
  > YAML
  $ kubectl kustomize over | grep -E 'name:|image:|replicas:'
    name: prod-settings-d7568b82h8
    name: prod-site
    replicas: 2
        - image: nginx:1.27
          name: nginx
  $ kubectl apply -k over
  configmap/prod-settings-d7568b82h8 created
  deployment.apps/prod-site created
  $ kubectl diff -k over
  $ kubectl delete -k over
  configmap "prod-settings-d7568b82h8" deleted
  deployment.apps "prod-site" deleted
