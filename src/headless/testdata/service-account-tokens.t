A service account's token may lie in a Secret: the controller-manager fills it in, and it counts as long as it lies
there. A token on request lives an hour.

  $ lab topology single --seed 5
  $ kubectl create serviceaccount robot
  serviceaccount/robot created
  $ kubectl apply -f - <<XX
  > apiVersion: v1
  > kind: Secret
  > metadata: {name: robot, annotations: {kubernetes.io/service-account.name: robot}}
  > type: kubernetes.io/service-account-token
  > XX
  secret/robot created
  $ lab wait 1s
  $ kubectl get secret robot
  NAME    TYPE                                  DATA   AGE
  robot   kubernetes.io/service-account-token   3      1s
  $ kubectl describe secret robot | cut -c1-60
  Name:         robot
  Namespace:    default
  Labels:       <none>
  Annotations:  kubernetes.io/service-account.name: robot
                kubernetes\.io/service-account\.uid: [-0-9a-f]+ (re)
  
  Type:  kubernetes.io/service-account-token
  
  Data
  ====
  ca.crt:     526 bytes
  namespace:  7 bytes
  token:      ey.* (re)
  $ TOKEN=$(kubectl get secret robot -o jsonpath='{.data.token}' | base64 -d)
  $ kubectl config set-credentials robot --token=$TOKEN
  User "robot" set.
  $ kubectl config set-context robot --cluster=kubernetes --user=robot
  Context "robot" created.
  $ kubectl --context robot auth whoami
  ATTRIBUTE   VALUE
  Username    system:serviceaccount:default:robot
  UID         [-0-9a-f]+ (re)
  Groups      [system:serviceaccounts system:serviceaccounts:default system:authenticated]

The API server notes the day of such a token's last use, warns whoever shows one that its account names, as accounts once
did by themselves, and takes none that is marked as invalid.

  $ lab wait 1s
  $ kubectl get secret robot --show-labels
  NAME    TYPE                                  DATA   AGE   LABELS
  robot   kubernetes.io/service-account-token   3      \d+s +kubernetes.io/legacy-token-last-used=\d{4}-\d\d-\d\d (re)
  $ kubectl get configmap -n kube-system kube-apiserver-legacy-service-account-token-tracking -o jsonpath='{.data}'
  {"since":"\d{4}-\d\d-\d\d"} (re) (no-eol)
  $ kubectl patch sa robot -p '{"secrets":[{"name":"robot"}]}'
  serviceaccount/robot patched
  $ kubectl --context robot auth whoami -o jsonpath='{.status.userInfo.username}'
  system:serviceaccount:default:robot (no-eol)
  Warning: Use tokens from the TokenRequest API or manually created secret-based tokens instead of auto-generated secret-based tokens.
  $ kubectl label secret robot kubernetes.io/legacy-token-invalid-since=2026-01-01
  secret/robot labeled
  $ kubectl --context robot auth whoami
  error: You must be logged in to the server (Unauthorized)
  [1]
  $ kubectl label secret robot kubernetes.io/legacy-token-invalid-since-
  secret/robot unlabeled

A token on request is none of these.

  $ kubectl config set-credentials short --token=$(kubectl create token robot)
  User "short" set.
  $ kubectl config set-context short --cluster=kubernetes --user=short
  Context "short" created.
  $ kubectl --context short auth whoami
  ATTRIBUTE                                           VALUE
  Username                                            system:serviceaccount:default:robot
  UID                                                 [-0-9a-f]+ (re)
  Groups                                              [system:serviceaccounts system:serviceaccounts:default system:authenticated]
  Extra: authentication\.kubernetes\.io/credential-id   \[JTI=[-0-9a-f]+] (re)

An account's mention of such a Secret goes with the Secret.

  $ kubectl create secret generic spare --type=kubernetes.io/service-account-token --dry-run=client -o yaml | kubectl annotate -f - --local kubernetes.io/service-account.name=robot -o yaml | kubectl create -f -
  secret/spare created
  $ kubectl patch sa robot -p '{"secrets":[{"name":"robot"},{"name":"spare"}]}'
  serviceaccount/robot patched
  $ kubectl delete secret spare
  secret "spare" deleted
  $ lab wait 1s
  $ kubectl get sa robot -o jsonpath='{.secrets}'
  [{"name":"robot"}] (no-eol)
  $ kubectl delete sa robot
  serviceaccount "robot" deleted
  $ lab wait 1s
  $ kubectl get secrets
  No resources found in default namespace.
  $ kubectl --context robot auth whoami
  error: You must be logged in to the server (Unauthorized)
  [1]
