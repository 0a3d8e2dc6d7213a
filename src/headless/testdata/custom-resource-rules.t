Rules of a custom resource are written in CEL. A definition whose rules mean nothing is refused.

  $ lab topology single --seed 12
  $ cat > autoscalers.yaml <<'EOF'
  > apiVersion: apiextensions.k8s.io/v1
  > kind: CustomResourceDefinition
  > metadata:
  >   name: scalers.example.com
  > spec:
  >   group: example.com
  >   scope: Namespaced
  >   names: {plural: scalers, singular: scaler, kind: Scaler}
  >   versions:
  >   - name: v1
  >     served: true
  >     storage: true
  >     schema:
  >       openAPIV3Schema:
  >         type: object
  >         properties:
  >           spec:
  >             type: object
  >             required: [min, max]
  >             x-kubernetes-validations:
  >             - rule: self.min <= self.maximum
  >             properties:
  >               min: {type: integer}
  >               max: {type: integer}
  >               zone:
  >                 type: string
  >                 x-kubernetes-validations:
  >                 - {rule: self == oldSelf, message: the zone cannot be changed}
  > EOF
  $ kubectl apply -f autoscalers.yaml
  The CustomResourceDefinition "scalers.example.com" is invalid: spec.versions[0].schema.openAPIV3Schema.properties[spec].x-kubernetes-validations[0].rule: Invalid value: apiextensions.ValidationRule{Rule:"self.min <= self.maximum", Message:"", MessageExpression:"", Reason:(*apiextensions.FieldValueErrorReason)(nil), FieldPath:"", OptionalOldSelf:(*bool)(nil)}: compilation failed: ERROR: <input>:1:17: undefined field 'maximum'
   | self.min <= self.maximum
   | ................^
  [1]

Mended, it looks at what is created and at what is changed.

  $ sed -e 's/self.maximum/self.max/' autoscalers.yaml > mended.yaml
  $ kubectl apply -f mended.yaml
  customresourcedefinition.apiextensions.k8s.io/scalers.example.com created
  $ kubectl wait --for=condition=Established crd/scalers.example.com
  customresourcedefinition.apiextensions.k8s.io/scalers.example.com condition met
  $ echo '{"apiVersion": "example.com/v1", "kind": "Scaler", "metadata": {"name": "a"}, "spec": {"min": 5, "max": 3, "zone": "b"}}' | kubectl apply -f -
  The Scaler "a" is invalid: spec: Invalid value: "object": failed rule: self.min <= self.max
  [1]
  $ echo '{"apiVersion": "example.com/v1", "kind": "Scaler", "metadata": {"name": "a"}, "spec": {"min": 1, "zone": "b"}}' | kubectl apply -f -
  The Scaler "a" is invalid: 
  * spec.max: Required value
  * <nil>: Invalid value: "null": some validation rules were not checked because the object was invalid; correct the existing errors to complete validation
  [1]
  $ echo '{"apiVersion": "example.com/v1", "kind": "Scaler", "metadata": {"name": "a"}, "spec": {"min": 1, "max": 3, "zone": "b"}}' | kubectl apply -f -
  scaler.example.com/a created
  $ kubectl patch scaler a --type=merge -p '{"spec": {"zone": "c"}}'
  The Scaler "a" is invalid: spec.zone: Invalid value: "string": the zone cannot be changed
  [1]

What was there before a rule stays, as long as it is not touched: that is only told.

  $ kubectl patch crd scalers.example.com --type=json -p '[{"op": "replace", "path": "/spec/versions/0/schema/openAPIV3Schema/properties/spec/x-kubernetes-validations", "value": [{"rule": "self.max < 3", "messageExpression": "\"%d is too many\".format([self.max])", "fieldPath": ".max"}]}]'
  customresourcedefinition.apiextensions.k8s.io/scalers.example.com patched
  $ lab wait 5s
  $ kubectl label scaler a x=y
  scaler.example.com/a labeled
  Warning: spec.max: Invalid value: "object": 3 is too many
  $ kubectl patch scaler a --type=merge -p '{"spec": {"min": 2}}'
  The Scaler "a" is invalid: spec.max: Invalid value: "object": 3 is too many
  [1]
