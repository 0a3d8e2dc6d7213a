A CustomResourceDefinition teaches the API server a kind of one's own.

  $ lab topology single --seed 11
  $ cat > crontabs.yaml <<'EOF'
  > apiVersion: apiextensions.k8s.io/v1
  > kind: CustomResourceDefinition
  > metadata:
  >   name: crontabs.stable.example.com
  > spec:
  >   group: stable.example.com
  >   scope: Namespaced
  >   names: {plural: crontabs, singular: crontab, kind: CronTab, shortNames: [ct]}
  >   versions:
  >   - name: v1
  >     served: true
  >     storage: true
  >     subresources:
  >       status: {}
  >       scale:
  >         specReplicasPath: .spec.replicas
  >         statusReplicasPath: .status.replicas
  >     additionalPrinterColumns:
  >     - {name: Spec, type: string, jsonPath: .spec.cronSpec}
  >     - {name: Replicas, type: integer, jsonPath: .spec.replicas}
  >     - {name: Image, type: string, jsonPath: .spec.image, priority: 1}
  >     schema:
  >       openAPIV3Schema:
  >         type: object
  >         description: CronTab runs things by the clock.
  >         required: [spec]
  >         properties:
  >           spec:
  >             type: object
  >             description: What is wanted.
  >             required: [cronSpec]
  >             properties:
  >               cronSpec: {type: string, pattern: '^(\d+|\*)( (\d+|\*)){4}$', description: When it runs.}
  >               image: {type: string}
  >               replicas: {type: integer, minimum: 1, maximum: 10, default: 1}
  >           status:
  >             type: object
  >             properties:
  >               replicas: {type: integer}
  > EOF
  $ kubectl apply -f crontabs.yaml
  customresourcedefinition.apiextensions.k8s.io/crontabs.stable.example.com created
  $ kubectl wait --for=condition=Established crd/crontabs.stable.example.com
  customresourcedefinition.apiextensions.k8s.io/crontabs.stable.example.com condition met
  $ kubectl get crd crontabs.stable.example.com -o jsonpath='{range .status.conditions[*]}{.type}={.status} {.reason}{"\n"}{end}'
  NamesAccepted=True NoConflicts
  Established=True InitialNamesAccepted
  $ kubectl api-resources --api-group=stable.example.com
  NAME       SHORTNAMES   APIVERSION              NAMESPACED   KIND
  crontabs   ct           stable.example.com/v1   true         CronTab
  $ kubectl explain ct
  GROUP:      stable.example.com
  KIND:       CronTab
  VERSION:    v1
  
  DESCRIPTION:
      CronTab runs things by the clock.
      
  FIELDS:
    apiVersion\t<string> (esc)
      APIVersion defines the versioned schema of this representation of an object.
      Servers should convert recognized schemas to the latest internal value, and
      may reject unrecognized values. More info:
      https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#resources
  
    kind\t<string> (esc)
      Kind is a string value representing the REST resource this object
      represents. Servers may infer this from the endpoint the client submits
      requests to. Cannot be updated. In CamelCase. More info:
      https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds
  
    metadata\t<ObjectMeta> (esc)
      Standard object's metadata. More info:
      https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata
  
    spec\t<Object> -required- (esc)
      What is wanted.
  
    status\t<Object> (esc)
      <no description>
  
  
  $ kubectl explain ct.spec.cronSpec
  GROUP:      stable.example.com
  KIND:       CronTab
  VERSION:    v1
  
  FIELD: cronSpec <string>
  
  
  DESCRIPTION:
      When it runs.
      
  

It is used like any other kind.

  $ cat > hourly.yaml <<'EOF'
  > apiVersion: stable.example.com/v1
  > kind: CronTab
  > metadata: {name: hourly}
  > spec: {cronSpec: "0 * * * *", image: cleaner}
  > EOF
  $ kubectl create -f hourly.yaml
  crontab.stable.example.com/hourly created
  $ kubectl get ct
  NAME     SPEC        REPLICAS
  hourly   0 * * * *   1
  $ kubectl get ct -o wide
  NAME     SPEC        REPLICAS   IMAGE
  hourly   0 * * * *   1          cleaner
  $ kubectl scale ct/hourly --replicas=3
  crontab.stable.example.com/hourly scaled
  $ kubectl get ct hourly -o jsonpath='{.spec} {.metadata.generation}{"\n"}'
  {"cronSpec":"0 * * * *","image":"cleaner","replicas":3} 2

What does not fit its schema is refused.

  $ kubectl patch ct hourly --type=merge -p '{"spec":{"replicas":99,"cronSpec":"often"}}'
  The CronTab "hourly" is invalid: 
  * spec.cronSpec: Invalid value: "often": spec.cronSpec in body should match '^(\d+|\*)( (\d+|\*)){4}$'
  * spec.replicas: Invalid value: 99: spec.replicas in body should be less than or equal to 10
  [1]
  $ sed 's/image: cleaner/picture: cleaner/' hourly.yaml | kubectl apply -f - 2>&1 | grep -o 'strict decoding.*'
  strict decoding error: unknown field "spec.picture"
  $ kubectl get ct hourly -o jsonpath='{.spec.image}{"\n"}'
  cleaner

What it owns goes with it.

  $ kubectl create configmap report --from-literal=lines=0
  configmap/report created
  $ UID_OF_OWNER=$(kubectl get ct hourly -o jsonpath='{.metadata.uid}')
  $ kubectl patch configmap report -p "{\"metadata\":{\"ownerReferences\":[{\"apiVersion\":\"stable.example.com/v1\",\"kind\":\"CronTab\",\"name\":\"hourly\",\"uid\":\"$UID_OF_OWNER\"}]}}"
  configmap/report patched
  $ kubectl delete ct hourly
  crontab.stable.example.com "hourly" deleted
  $ lab wait 5s
  $ kubectl get configmap report
  Error from server (NotFound): configmaps "report" not found
  [1]

A namespace takes its custom resources along, a definition all of them.

  $ kubectl create namespace team
  namespace/team created
  $ kubectl create -n team -f hourly.yaml
  crontab.stable.example.com/hourly created
  $ kubectl delete namespace team
  namespace "team" deleted
  $ kubectl get ct -A
  No resources found
  $ kubectl create -f hourly.yaml
  crontab.stable.example.com/hourly created
  $ kubectl delete crd crontabs.stable.example.com
  customresourcedefinition.apiextensions.k8s.io "crontabs.stable.example.com" deleted
  $ kubectl get ct
  Error from server (NotFound): Unable to list "stable.example.com/v1, Resource=crontabs": the server could not find the requested resource
  [1]
  $ lab check
