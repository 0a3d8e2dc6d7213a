A probe follows redirects on the host that it asks, and takes one to elsewhere for an answer.

  $ lab topology basic --seed 7
  $ cat > pods.yaml <<EOF
  > apiVersion: v1
  > kind: Pod
  > metadata: {name: lost}
  > spec:
  >   containers:
  >   - name: main
  >     image: registry.k8s.io/e2e-test-images/agnhost:2.53
  >     args: [netexec]
  >     readinessProbe: {httpGet: {path: "/redirect?location=/echo%3Fcode=404", port: 8080}, periodSeconds: 1}
  > ---
  > apiVersion: v1
  > kind: Pod
  > metadata: {name: here}
  > spec:
  >   containers:
  >   - name: main
  >     image: registry.k8s.io/e2e-test-images/agnhost:2.53
  >     args: [netexec]
  >     readinessProbe: {httpGet: {path: "/redirect?location=/hostname", port: 8080}, periodSeconds: 1}
  > ---
  > apiVersion: v1
  > kind: Pod
  > metadata: {name: away}
  > spec:
  >   containers:
  >   - name: main
  >     image: registry.k8s.io/e2e-test-images/agnhost:2.53
  >     args: [netexec]
  >     readinessProbe: {httpGet: {path: "/redirect?location=http%3A%2F%2Fexample.com%2F", port: 8080}, periodSeconds: 1}
  > EOF
  $ kubectl apply -f pods.yaml
  pod/lost created
  pod/here created
  pod/away created
  $ kubectl wait --for=condition=Ready pod/here pod/away --timeout=60s
  pod/here condition met
  pod/away condition met
  $ lab wait 5s
  $ kubectl get pods --no-headers | awk '{print $1, $2}'
  away 1/1
  here 1/1
  lost 0/1
  $ kubectl get events --field-selector involvedObject.kind=Pod -o custom-columns=NAME:.involvedObject.name,REASON:.reason,MESSAGE:.message --no-headers | grep -E 'ProbeWarning|statuscode' | sort | sed 's/  */ /g'
  away ProbeWarning Readiness probe warning: Probe terminated redirects, Response body: <a href="http://example.com/">Found</a>.
  lost Unhealthy Readiness probe failed: HTTP probe failed with statuscode: 404
