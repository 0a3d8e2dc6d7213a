A pod's RuntimeClass names one of the runtimes that the node's containerd has.

  $ lab topology basic --seed 7
  $ cat > classes.yaml <<EOF
  > apiVersion: node.k8s.io/v1
  > kind: RuntimeClass
  > metadata: {name: plain}
  > handler: runc
  > ---
  > apiVersion: node.k8s.io/v1
  > kind: RuntimeClass
  > metadata: {name: sandboxed}
  > handler: kata
  > EOF
  $ kubectl apply -f classes.yaml
  runtimeclass.node.k8s.io/plain created
  runtimeclass.node.k8s.io/sandboxed created
  $ kubectl run good --image=busybox:1.36 --overrides='{"spec":{"runtimeClassName":"plain"}}' -- sleep 3600
  pod/good created
  $ kubectl run bad --image=busybox:1.36 --overrides='{"spec":{"runtimeClassName":"sandboxed"}}' -- sleep 3600
  pod/bad created
  $ kubectl wait --for=condition=Ready pod/good --timeout=60s
  pod/good condition met
  $ kubectl get pod bad --no-headers | awk '{print $2, $3}'
  0/1 ContainerCreating
  $ kubectl get events --field-selector involvedObject.name=bad,reason=FailedCreatePodSandBox -o jsonpath='{.items[0].message}'
  Failed to create pod sandbox: rpc error: code = Unknown desc = failed to get sandbox runtime: no runtime for "kata" is configured (no-eol)
