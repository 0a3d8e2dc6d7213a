# Rolling update, a bad image, and undo

  $ lab topology basic --seed 7
  $ kubectl create deployment web --image=nginx:1.26 --replicas=4
  deployment.apps/web created
  $ kubectl rollout status deploy/web | tail -1
  deployment "web" successfully rolled out
  $ kubectl set image deploy/web nginx=nginx:1.27
  deployment.apps/web image updated
  $ kubectl rollout status deploy/web | tail -1
  deployment "web" successfully rolled out
  $ kubectl get rs -l app=web --no-headers | awk '{print $2, $3, $4}' | sort
  0 0 0
  4 4 4
  $ kubectl get pods -l app=web -o jsonpath='{.items[*].spec.containers[0].image}'
  nginx:1.27 nginx:1.27 nginx:1.27 nginx:1.27 (no-eol)

A tag that does not exist. The old pods go on serving while the new ones wait for an image that never comes.

  $ kubectl set image deploy/web nginx=nginx:9.99
  deployment.apps/web image updated
  $ lab wait 40s
  $ kubectl get deploy web --no-headers | awk '{print $2, $3, $4}'
  3/4 2 3
  $ kubectl get pods -l app=web --no-headers | awk '{print $2, $3}' | sort | uniq -c
     2 0/1 ErrImagePull
     3 1/1 Running
  $ kubectl rollout status deploy/web --timeout=5s
  Waiting for deployment "web" rollout to finish: 2 out of 4 new replicas have been updated...
  error: timed out waiting for the condition
  [1]
  $ kubectl rollout history deploy/web
  deployment.apps/web 
  REVISION  CHANGE-CAUSE
  1         <none>
  2         <none>
  3         <none>
  

Back to what worked:

  $ kubectl rollout undo deploy/web
  deployment.apps/web rolled back
  $ kubectl rollout status deploy/web | tail -1
  deployment "web" successfully rolled out
  $ kubectl get pods -l app=web -o jsonpath='{.items[*].spec.containers[0].image}'
  nginx:1.27 nginx:1.27 nginx:1.27 nginx:1.27 (no-eol)
  $ lab check
