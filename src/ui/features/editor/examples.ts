/** A manifest to start from. */
export interface Example {
  readonly id: string;
  readonly label: string;
  readonly hint: string;
  readonly manifest: string;
}

const deployment = (name: string, image: string, more = "", replicas = 3) => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
spec:
  replicas: ${replicas}
  selector:
    matchLabels:
      app: ${name}
  template:
    metadata:
      labels:
        app: ${name}
    spec:
      containers:
        - name: ${name}
          image: ${image}
${more}`;

const ports = `          ports:
            - containerPort: 80
`;

export const examples: readonly Example[] = [
  {
    id: "web",
    label: "Deployment and Service",
    hint: "three web servers and one address for them",
    manifest: `${deployment(
      "web",
      "nginx:1.27",
      `${ports}          resources:
            requests:
              cpu: 100m
              memory: 64Mi
`,
    )}---
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector:
    app: web
  ports:
    - port: 80
      targetPort: 80
`,
  },
  {
    id: "rolling-update",
    label: "Rolling update",
    hint: "apply Deployment and Service first, then this",
    manifest: deployment(
      "web",
      "nginx:1.28",
      `${ports}          resources:
            requests:
              cpu: 100m
              memory: 64Mi
`,
    ).replace(
      "  replicas: 3\n",
      "  replicas: 3\n  strategy:\n    rollingUpdate:\n      maxSurge: 1\n      maxUnavailable: 0\n",
    ),
  },
  {
    id: "bad-image",
    label: "An image that is not there",
    hint: "ErrImagePull, then ImagePullBackOff",
    manifest: deployment("typo", "nginx:1.27-typo", "", 1),
  },
  {
    id: "crash-loop",
    label: "A crash loop",
    hint: "restarts with longer and longer pauses",
    manifest: deployment(
      "crash",
      "busybox:1.36",
      `          command: ["sh", "-c", "echo starting; sleep 2; exit 1"]\n`,
      1,
    ),
  },
  {
    id: "too-big",
    label: "Requests too big",
    hint: "Pending: no node has room",
    manifest: deployment(
      "big",
      "nginx:1.27",
      `          resources:
            requests:
              cpu: "64"
              memory: 512Gi
`,
      2,
    ),
  },
  {
    id: "probes",
    label: "Probes",
    hint: "running, but not ready until the probe says so",
    manifest: deployment(
      "probed",
      "nginx:1.27",
      `${ports}          readinessProbe:
            httpGet:
              path: /
              port: 80
            initialDelaySeconds: 5
            periodSeconds: 5
          livenessProbe:
            httpGet:
              path: /
              port: 80
            periodSeconds: 10
`,
      2,
    ),
  },
  {
    id: "autoscaling",
    label: "Autoscaling",
    hint: "a web server that costs CPU time, and who keeps it at half of what it asks for (needs metrics-server: apply its components.yaml first)",
    manifest: `${deployment(
      "php-apache",
      "registry.k8s.io/hpa-example",
      `${ports}          resources:
            limits:
              cpu: 500m
            requests:
              cpu: 200m
`,
      1,
    ).replace("  replicas: 1\n", "")}---
apiVersion: v1
kind: Service
metadata:
  name: php-apache
spec:
  selector:
    app: php-apache
  ports:
    - port: 80
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: php-apache
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: php-apache
  minReplicas: 1
  maxReplicas: 10
  metrics:
    - type: Resource
      resource:
        name: cpu
        target:
          type: Utilization
          averageUtilization: 50
---
# The load: delete this pod to see it end.
apiVersion: v1
kind: Pod
metadata:
  name: load-generator
spec:
  containers:
    - name: load-generator
      image: busybox:1.28
      command: ["/bin/sh", "-c", "while sleep 0.01; do wget -q -O- http://php-apache; done"]
`,
  },
  {
    id: "daemonset",
    label: "DaemonSet",
    hint: "one pod on every node",
    manifest: `apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: agent
spec:
  selector:
    matchLabels:
      app: agent
  template:
    metadata:
      labels:
        app: agent
    spec:
      containers:
        - name: agent
          image: busybox:1.36
          command: ["sh", "-c", "sleep 1000000"]
`,
  },
  {
    id: "statefulset",
    label: "StatefulSet",
    hint: "pods with names that stay, one after the other",
    manifest: `apiVersion: v1
kind: Service
metadata:
  name: db
spec:
  clusterIP: None
  selector:
    app: db
  ports:
    - port: 80
---
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: db
spec:
  serviceName: db
  replicas: 3
  selector:
    matchLabels:
      app: db
  template:
    metadata:
      labels:
        app: db
    spec:
      containers:
        - name: db
          image: nginx:1.27
          readinessProbe:
            httpGet:
              path: /
              port: 80
            initialDelaySeconds: 3
            periodSeconds: 2
`,
  },
  {
    id: "job",
    label: "Job",
    hint: "six pieces of work, two at a time",
    manifest: `apiVersion: batch/v1
kind: Job
metadata:
  name: work
spec:
  completions: 6
  parallelism: 2
  completionMode: Indexed
  backoffLimit: 4
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: work
          image: busybox:1.36
          command: ["sh", "-c", "echo piece $JOB_COMPLETION_INDEX; sleep 5"]
`,
  },
  {
    id: "cronjob",
    label: "CronJob",
    hint: "a Job every minute; the last three are kept",
    manifest: `apiVersion: batch/v1
kind: CronJob
metadata:
  name: report
spec:
  schedule: "* * * * *"
  concurrencyPolicy: Forbid
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: OnFailure
          containers:
            - name: report
              image: busybox:1.36
              command: ["sh", "-c", "date; sleep 10"]
`,
  },
  {
    id: "volume",
    label: "Volume",
    hint: "a disk by hand, a claim, and a pod that writes",
    manifest: `apiVersion: v1
kind: PersistentVolume
metadata:
  name: disk-1
spec:
  capacity:
    storage: 2Gi
  accessModes: ["ReadWriteOnce"]
  hostPath:
    path: /data/disk-1
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: data
spec:
  storageClassName: ""
  accessModes: ["ReadWriteOnce"]
  resources:
    requests:
      storage: 1Gi
---
apiVersion: v1
kind: Pod
metadata:
  name: writer
spec:
  containers:
    - name: writer
      image: busybox:1.36
      command: ["sh", "-c", "echo $HOSTNAME was here >> /data/log; sleep 1000000"]
      volumeMounts:
        - name: data
          mountPath: /data
  volumes:
    - name: data
      persistentVolumeClaim:
        claimName: data
`,
  },
  {
    id: "configmap",
    label: "ConfigMap",
    hint: "settings, and a pod that reads them",
    manifest: `apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
data:
  COLOUR: blue
---
apiVersion: v1
kind: Pod
metadata:
  name: reader
spec:
  restartPolicy: Never
  containers:
    - name: reader
      image: busybox:1.36
      command: ["sh", "-c", "echo the colour is $COLOUR"]
      envFrom:
        - configMapRef:
            name: settings
`,
  },
];
