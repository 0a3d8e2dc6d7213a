What has a scale subresource is scaled and counted like a Deployment: here a kind of one's own.

  $ lab topology basic --seed 4
  $ cat > fleet.yaml <<END
  > apiVersion: apiextensions.k8s.io/v1
  > kind: CustomResourceDefinition
  > metadata:
  >   name: fleets.example.org
  > spec:
  >   group: example.org
  >   names: {plural: fleets, singular: fleet, kind: Fleet}
  >   scope: Namespaced
  >   versions:
  >   - name: v1
  >     served: true
  >     storage: true
  >     schema:
  >       openAPIV3Schema:
  >         type: object
  >         properties:
  >           spec: {type: object, properties: {replicas: {type: integer}}}
  >           status: {type: object, properties: {replicas: {type: integer}, selector: {type: string}}}
  >     subresources:
  >       status: {}
  >       scale:
  >         specReplicasPath: .spec.replicas
  >         statusReplicasPath: .status.replicas
  >         labelSelectorPath: .status.selector
  > END
  $ kubectl apply -f fleet.yaml
  customresourcedefinition.apiextensions.k8s.io/fleets.example.org created
  $ kubectl wait --for=condition=Established crd/fleets.example.org --timeout=10s
  customresourcedefinition.apiextensions.k8s.io/fleets.example.org condition met
  $ cat > ships.yaml <<END
  > apiVersion: example.org/v1
  > kind: Fleet
  > metadata: {name: ships}
  > spec: {replicas: 4}
  > END
  $ kubectl apply -f ships.yaml
  fleet.example.org/ships created
  $ cat > pod.yaml <<END
  > apiVersion: v1
  > kind: Pod
  > metadata:
  >   name: ship
  >   labels: {app: ships}
  >   ownerReferences:
  >   - {apiVersion: example.org/v1, kind: Fleet, name: ships, uid: $(kubectl get fleet ships -o jsonpath='{.metadata.uid}'), controller: true}
  > spec:
  >   containers: [{name: ship, image: "nginx:1.27"}]
  > ---
  > apiVersion: policy/v1
  > kind: PodDisruptionBudget
  > metadata: {name: ships}
  > spec:
  >   maxUnavailable: 50%
  >   selector: {matchLabels: {app: ships}}
  > ---
  > apiVersion: autoscaling/v2
  > kind: HorizontalPodAutoscaler
  > metadata: {name: ships}
  > spec:
  >   scaleTargetRef: {apiVersion: example.org/v1, kind: Fleet, name: ships}
  >   minReplicas: 6
  >   maxReplicas: 8
  > END
  $ kubectl apply -f pod.yaml
  pod/ship created
  poddisruptionbudget.policy/ships created
  horizontalpodautoscaler.autoscaling/ships created
  $ lab wait 5s
  $ kubectl get pdb ships -o jsonpath='{.status.expectedPods} {.status.desiredHealthy} {.status.currentHealthy}{"\n"}'
  4 2 1
  $ lab wait 15s
  $ kubectl get fleet ships -o jsonpath='{.spec.replicas}{"\n"}'
  6
  $ kubectl get events --field-selector involvedObject.kind=HorizontalPodAutoscaler -o jsonpath='{range .items[*]}{.reason}: {.message}{"\n"}{end}'
  SuccessfulRescale: New size: 6; reason: Current number of replicas below Spec.MinReplicas

A quota counts them, too.

  $ kubectl create quota one --hard=count/fleets.example.org=1
  resourcequota/one created
  $ lab wait 1s
  $ kubectl get quota one -o jsonpath='{.status.used}{"\n"}'
  {"count/fleets.example.org":"1"}
  $ sed s/ships/more/ ships.yaml | kubectl apply -f -
  Error from server (Forbidden): error when creating "STDIN": fleets.example.org "more" is forbidden: exceeded quota: one, requested: count/fleets.example.org=1, used: count/fleets.example.org=1, limited: count/fleets.example.org=1
  [1]
