import { digestHex } from "../../api/hash.ts";
import { deepFreeze } from "../../api/object.ts";
import type { ImageConfig, ImageName, ImageUserland } from "./messages.ts";

/** One row: a repository and what all of its tags have in common. Only what differs from `DEFAULTS` is said. */
export interface CatalogueRow {
  readonly repository: string;
  /** A tag exists if one of these equals it, or matches it when it ends with `*` (`v1.33.*`). */
  readonly tags: readonly string[];
  /** Compressed megabytes (10^6). */
  readonly megabytes: number;
  readonly entrypoint?: readonly string[];
  readonly cmd?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly workingDir?: string;
  readonly user?: string;
  readonly ports?: readonly number[];
  readonly stopSignal?: string;
  readonly userland?: ImageUserland;
  readonly commands?: readonly string[];
  readonly programs?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  readonly idleMegabytes?: number;
  readonly idleMillicores?: number;
  /** CPU milliseconds for one request. */
  readonly requestMs?: number;
}

const NGINX_PAGE = `<!DOCTYPE html>
<html>
<head>
<title>Welcome to nginx!</title>
<style>
html { color-scheme: light dark; }
body { width: 35em; margin: 0 auto;
font-family: Tahoma, Verdana, Arial, sans-serif; }
</style>
</head>
<body>
<h1>Welcome to nginx!</h1>
<p>If you see this page, the nginx web server is successfully installed and
working. Further configuration is required.</p>

<p>For online documentation and support please refer to
<a href="http://nginx.org/">nginx.org</a>.<br/>
Commercial support is available at
<a href="http://nginx.com/">nginx.com</a>.</p>

<p><em>Thank you for using nginx.</em></p>
</body>
</html>
`;

const NGINX_TAGS = [
  "latest",
  "stable",
  "mainline",
  "alpine",
  "stable-alpine",
  "1",
  "1.7.9",
  "1.9.1",
  "1.14.2",
  "1.15.12",
  "1.16.1",
].concat(
  ...Array.from({ length: 16 }, (_, i) => [`1.${14 + i}`, `1.${14 + i}-alpine`, `1.${14 + i}.0`, `1.${14 + i}.1`]),
);
const KUBERNETES = ["v1.32.*", "v1.33.*", "v1.34.*"];

/** Programs of one kind: `servers("nginx")` says that executable `nginx` is a `workload/server`. */
function servers(...names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, "workload/server"]));
}

function controlPlane(
  name: string,
  megabytes: number,
  tags: readonly string[],
  idleMegabytes: number,
  idleMillicores: number,
): CatalogueRow {
  return {
    repository: `registry.k8s.io/${name}`,
    tags,
    megabytes,
    entrypoint: [name],
    programs: { [name]: name },
    userland: "none",
    idleMegabytes,
    idleMillicores,
  };
}

/** Sizes are those of the real linux/amd64 images, rounded. */
export const CATALOGUE: readonly CatalogueRow[] = [
  controlPlane("kube-apiserver", 30.1, KUBERNETES, 280, 45),
  controlPlane("kube-controller-manager", 27.6, KUBERNETES, 60, 14),
  controlPlane("kube-scheduler", 21.8, KUBERNETES, 30, 3),
  { ...controlPlane("kube-proxy", 31.9, KUBERNETES, 25, 1), entrypoint: [], cmd: ["/usr/local/bin/kube-proxy"] },
  {
    ...controlPlane("etcd", 58.9, ["3.5.*", "3.6.*"], 60, 22),
    programs: { etcd: "etcd", etcdctl: "etcdctl", etcdutl: "etcdutl" },
  },
  {
    ...controlPlane("coredns", 20.9, [], 20, 2),
    repository: "registry.k8s.io/coredns/coredns",
    tags: ["v1.11.*", "v1.12.*"],
    ports: [53],
  },
  {
    ...controlPlane("metrics-server", 19.5, ["v0.6.*", "v0.7.*", "v0.8.*"], 18, 3),
    repository: "registry.k8s.io/metrics-server/metrics-server",
    entrypoint: ["/metrics-server"],
    ports: [10250],
  },
  {
    ...controlPlane("local-path-provisioner", 17.9, ["v0.0.*"], 12, 1),
    repository: "docker.io/rancher/local-path-provisioner",
  },
  {
    repository: "registry.k8s.io/pause",
    tags: ["3.9", "3.10", "3.10.1"],
    megabytes: 0.3,
    entrypoint: ["/pause"],
    programs: { pause: "workload/pause" },
    userland: "none",
    idleMegabytes: 1,
  },
  {
    repository: "docker.io/library/nginx",
    tags: NGINX_TAGS,
    megabytes: 72.2,
    entrypoint: ["/docker-entrypoint.sh"],
    cmd: ["nginx", "-g", "daemon off;"],
    env: { NGINX_VERSION: "1.27.5" },
    ports: [80],
    stopSignal: "SIGQUIT",
    userland: "debian",
    commands: ["curl", "nginx"],
    programs: servers("nginx", "docker-entrypoint.sh"),
    files: {
      "/usr/share/nginx/html/index.html": NGINX_PAGE,
      "/etc/nginx/nginx.conf": "user  nginx;\nworker_processes  auto;\n",
    },
    idleMegabytes: 8,
  },
  {
    repository: "docker.io/nginxinc/nginx-unprivileged",
    tags: ["latest", "1.*"],
    megabytes: 72.4,
    entrypoint: ["/docker-entrypoint.sh"],
    cmd: ["nginx", "-g", "daemon off;"],
    user: "101",
    ports: [8080],
    userland: "debian",
    commands: ["curl"],
    programs: servers("nginx", "docker-entrypoint.sh"),
    files: { "/usr/share/nginx/html/index.html": NGINX_PAGE },
    idleMegabytes: 8,
  },
  {
    repository: "docker.io/library/httpd",
    tags: ["latest", "2", "2.4", "2.4.*", "alpine", "2.4-alpine", "2-alpine"],
    megabytes: 58.6,
    cmd: ["httpd-foreground"],
    ports: [80],
    stopSignal: "SIGWINCH",
    userland: "debian",
    programs: servers("httpd-foreground", "httpd"),
    files: { "/usr/local/apache2/htdocs/index.html": "<html><body><h1>It works!</h1></body></html>\n" },
    idleMegabytes: 9,
  },
  {
    repository: "docker.io/library/redis",
    tags: ["latest", "alpine", "5", "5.*", "6", "6.*", "7", "7.*", "8", "8.*"],
    megabytes: 45.6,
    entrypoint: ["docker-entrypoint.sh"],
    cmd: ["redis-server"],
    ports: [6379],
    userland: "debian",
    commands: ["redis-cli"],
    programs: servers("redis-server", "docker-entrypoint.sh"),
    idleMillicores: 2,
    idleMegabytes: 10,
  },
  {
    repository: "docker.io/library/postgres",
    tags: [
      "latest",
      "alpine",
      "12",
      "13",
      "14",
      "15",
      "16",
      "17",
      "12.*",
      "13.*",
      "14.*",
      "15.*",
      "16.*",
      "17.*",
      "15-alpine",
      "16-alpine",
    ],
    megabytes: 151.7,
    entrypoint: ["docker-entrypoint.sh"],
    cmd: ["postgres"],
    ports: [5432],
    stopSignal: "SIGINT",
    userland: "debian",
    programs: servers("postgres", "docker-entrypoint.sh"),
    idleMillicores: 2,
    idleMegabytes: 40,
  },
  {
    repository: "docker.io/library/mysql",
    tags: ["latest", "5.6", "5.7", "5.7.*", "8", "8.*", "9", "9.*"],
    megabytes: 233.5,
    entrypoint: ["docker-entrypoint.sh"],
    cmd: ["mysqld"],
    ports: [3306],
    userland: "debian",
    programs: servers("mysqld", "docker-entrypoint.sh"),
    idleMillicores: 7,
    idleMegabytes: 380,
  },
  {
    repository: "docker.io/library/mongo",
    tags: ["latest", "4", "5", "6", "7", "8", "4.*", "5.*", "6.*", "7.*"],
    megabytes: 278.1,
    entrypoint: ["docker-entrypoint.sh"],
    cmd: ["mongod"],
    ports: [27017],
    userland: "debian",
    programs: servers("mongod", "docker-entrypoint.sh"),
    idleMillicores: 6,
    idleMegabytes: 90,
  },
  {
    repository: "docker.io/library/memcached",
    tags: ["latest", "1.*", "alpine"],
    megabytes: 33.0,
    entrypoint: ["docker-entrypoint.sh"],
    cmd: ["memcached"],
    ports: [11211],
    userland: "debian",
    programs: servers("memcached", "docker-entrypoint.sh"),
    idleMegabytes: 4,
  },
  {
    repository: "docker.io/library/rabbitmq",
    tags: ["latest", "3", "3.*", "4", "4.*"],
    megabytes: 100.4,
    entrypoint: ["docker-entrypoint.sh"],
    cmd: ["rabbitmq-server"],
    ports: [5672],
    userland: "debian",
    programs: servers("rabbitmq-server", "docker-entrypoint.sh"),
    idleMegabytes: 110,
  },
  {
    repository: "docker.io/library/busybox",
    tags: ["latest", "musl", "glibc", "stable", "1", "1.*"],
    megabytes: 2.16,
    cmd: ["sh"],
    userland: "busybox",
  },
  {
    repository: "gcr.io/k8s-minikube/busybox",
    tags: ["latest", "1.28", "1.28.4-glibc"],
    megabytes: 2.16,
    cmd: ["sh"],
    userland: "busybox",
  },
  {
    repository: "registry.k8s.io/busybox",
    tags: ["latest", "1.24", "1.27", "1.27.2"],
    megabytes: 1.1,
    cmd: ["sh"],
    userland: "busybox",
  },
  {
    repository: "registry.k8s.io/e2e-test-images/busybox",
    tags: ["1.29-*", "1.36.*"],
    megabytes: 1.2,
    cmd: ["sh"],
    userland: "busybox",
  },
  {
    repository: "docker.io/library/alpine",
    tags: ["latest", "edge", "3", "3.*"],
    megabytes: 3.8,
    cmd: ["/bin/sh"],
    userland: "alpine",
  },
  {
    repository: "docker.io/library/debian",
    tags: ["latest", "11", "12", "13", "bullseye", "bookworm", "bookworm-slim", "stable-slim"],
    megabytes: 48.5,
    cmd: ["bash"],
    userland: "debian",
  },
  {
    repository: "docker.io/library/ubuntu",
    tags: ["latest", "18.04", "20.04", "22.04", "24.04", "jammy", "noble"],
    megabytes: 29.7,
    cmd: ["/bin/bash"],
    userland: "debian",
  },
  {
    repository: "docker.io/library/bash",
    tags: ["latest", "5", "5.*"],
    megabytes: 6.4,
    cmd: ["bash"],
    userland: "alpine",
    commands: ["bash"],
  },
  {
    repository: "docker.io/library/python",
    tags: ["latest", "3", "3.*"],
    megabytes: 365.8,
    cmd: ["python3"],
    userland: "debian",
    commands: ["curl", "python3", "python"],
  },
  {
    repository: "docker.io/library/node",
    tags: ["latest", "18", "20", "22", "18-alpine", "20-alpine", "22-alpine"],
    megabytes: 391.2,
    cmd: ["node"],
    userland: "debian",
    commands: ["curl"],
    programs: servers("node"),
  },
  {
    repository: "docker.io/library/perl",
    tags: ["latest", "5.34", "5.34.0", "5.*"],
    megabytes: 336.3,
    cmd: ["perl"],
    userland: "debian",
    commands: ["perl"],
  },
  {
    repository: "docker.io/curlimages/curl",
    tags: ["latest", "7.*", "8.*"],
    megabytes: 9.5,
    entrypoint: ["/entrypoint.sh"],
    cmd: ["curl", "--version"],
    user: "curl_user",
    userland: "alpine",
    commands: ["curl"],
  },
  {
    repository: "docker.io/radial/busyboxplus",
    tags: ["latest", "curl"],
    megabytes: 4.2,
    cmd: ["sh"],
    userland: "busybox",
    commands: ["curl"],
  },
  {
    repository: "docker.io/nicolaka/netshoot",
    tags: ["latest", "v0.*"],
    megabytes: 207.1,
    cmd: ["zsh"],
    userland: "alpine",
    commands: ["curl", "dig", "zsh"],
  },
  {
    repository: "registry.k8s.io/e2e-test-images/jessie-dnsutils",
    tags: ["1.3", "1.7"],
    megabytes: 121.0,
    userland: "debian",
    cmd: ["sleep", "3600"],
    commands: ["curl", "dig", "nslookup"],
  },
  {
    repository: "registry.k8s.io/e2e-test-images/agnhost",
    tags: ["2.*"],
    megabytes: 52.8,
    entrypoint: ["/agnhost"],
    cmd: ["pause"],
    userland: "alpine",
    commands: ["curl", "dig", "/agnhost", "/agnhost-2", "agnhost"],
    idleMegabytes: 12,
  },
  {
    repository: "registry.k8s.io/e2e-test-images/nonewprivs",
    tags: ["1.*"],
    megabytes: 3.4,
    user: "1000",
    cmd: ["/usr/local/bin/nnp"],
    userland: "alpine",
    commands: ["nnp"],
  },
  {
    repository: "registry.k8s.io/e2e-test-images/nonroot",
    tags: ["1.*"],
    megabytes: 18.2,
    user: "1234",
    cmd: ["sleep", "3600"],
    userland: "busybox",
  },
  {
    repository: "registry.k8s.io/e2e-test-images/nginx",
    tags: ["1.14-*", "1.15-*"],
    megabytes: 6.0,
    cmd: ["nginx", "-g", "daemon off;"],
    ports: [80],
    userland: "alpine",
    programs: servers("nginx"),
    files: { "/usr/share/nginx/html/index.html": NGINX_PAGE },
  },
  {
    repository: "registry.k8s.io/e2e-test-images/httpd",
    tags: ["2.4.38-*", "2.4.39-*"],
    megabytes: 41.9,
    cmd: ["httpd-foreground"],
    ports: [80],
    stopSignal: "SIGWINCH",
    userland: "alpine",
    programs: servers("httpd-foreground", "httpd"),
    files: { "/usr/local/apache2/htdocs/index.html": "<html><body><h1>It works!</h1></body></html>\n" },
  },
  {
    repository: "registry.k8s.io/e2e-test-images/redis",
    tags: ["5.0.5-*"],
    megabytes: 10.5,
    entrypoint: ["docker-entrypoint.sh"],
    cmd: ["redis-server"],
    ports: [6379],
    userland: "alpine",
    commands: ["redis-cli"],
    programs: servers("redis-server", "docker-entrypoint.sh"),
  },
  {
    repository: "registry.k8s.io/e2e-test-images/nautilus",
    tags: ["1.*"],
    megabytes: 49.2,
    cmd: ["nginx", "-g", "daemon off;"],
    ports: [80],
    userland: "debian",
    programs: servers("nginx"),
    files: {
      "/usr/share/nginx/html/index.html": NGINX_PAGE,
      "/usr/share/nginx/html/data.json": '{\n"image": "nautilus.jpg"\n}\n',
    },
  },
  {
    repository: "registry.k8s.io/e2e-test-images/kitten",
    tags: ["1.*"],
    megabytes: 49.2,
    cmd: ["nginx", "-g", "daemon off;"],
    ports: [80],
    userland: "debian",
    programs: servers("nginx"),
    files: {
      "/usr/share/nginx/html/index.html": NGINX_PAGE,
      "/usr/share/nginx/html/data.json": '{\n"image": "kitten.jpg"\n}\n',
    },
  },
  {
    repository: "registry.k8s.io/e2e-test-images/perl",
    tags: ["5.26"],
    megabytes: 850.0,
    cmd: ["perl"],
    userland: "debian",
    commands: ["perl"],
  },
  {
    repository: "registry.k8s.io/serve_hostname",
    tags: ["1.1", "v1.4", "latest"],
    megabytes: 6.2,
    entrypoint: ["/serve_hostname"],
    ports: [9376],
    userland: "none",
    programs: servers("serve_hostname"),
  },
  {
    repository: "registry.k8s.io/echoserver",
    tags: ["1.4", "1.10"],
    megabytes: 42.1,
    cmd: ["/usr/local/bin/run.sh"],
    ports: [8080],
    userland: "alpine",
    programs: servers("run.sh"),
  },
  {
    repository: "registry.k8s.io/hpa-example",
    tags: ["latest"],
    megabytes: 164.4,
    cmd: ["apache2-foreground"],
    ports: [80],
    userland: "debian",
    programs: servers("apache2-foreground"),
    idleMegabytes: 11,
    requestMs: 30,
  },
  {
    repository: "registry.k8s.io/nginx-slim",
    tags: ["0.7", "0.8", "0.21", "0.24"],
    megabytes: 52.0,
    cmd: ["nginx", "-g", "daemon off;"],
    ports: [80],
    userland: "debian",
    programs: servers("nginx"),
    files: { "/usr/share/nginx/html/index.html": NGINX_PAGE },
  },
  {
    repository: "docker.io/hashicorp/http-echo",
    tags: ["latest", "0.2.3", "0.2.*", "1.0", "1.0.*"],
    megabytes: 3.1,
    entrypoint: ["/http-echo"],
    ports: [5678],
    userland: "none",
    programs: servers("http-echo"),
  },
  {
    repository: "gcr.io/google-samples/hello-app",
    tags: ["1.0", "2.0"],
    megabytes: 11.5,
    entrypoint: ["./hello-app"],
    ports: [8080],
    userland: "none",
    programs: servers("hello-app"),
  },
  {
    repository: "us-docker.pkg.dev/google-samples/containers/gke/hello-app",
    tags: ["1.0", "2.0"],
    megabytes: 11.5,
    entrypoint: ["./hello-app"],
    ports: [8080],
    userland: "none",
    programs: servers("hello-app"),
  },
  {
    repository: "gcr.io/google-samples/node-hello",
    tags: ["1.0"],
    megabytes: 263.1,
    cmd: ["/bin/sh", "-c", "node server.js"],
    ports: [8080],
    userland: "debian",
    programs: servers("node"),
  },
  {
    repository: "gcr.io/google-samples/kubernetes-bootcamp",
    tags: ["v1", "v2"],
    megabytes: 84.5,
    cmd: ["/bin/sh", "-c", "node server.js"],
    ports: [8080],
    userland: "debian",
    commands: ["curl"],
    programs: servers("node"),
  },
  {
    repository: "docker.io/jocatalin/kubernetes-bootcamp",
    tags: ["v1", "v2"],
    megabytes: 84.5,
    cmd: ["/bin/sh", "-c", "node server.js"],
    ports: [8080],
    userland: "debian",
    commands: ["curl"],
    programs: servers("node"),
  },
  {
    repository: "docker.io/traefik/whoami",
    tags: ["latest", "v1.*"],
    megabytes: 2.9,
    entrypoint: ["/whoami"],
    ports: [80],
    userland: "none",
    programs: servers("whoami"),
  },
  {
    repository: "docker.io/containous/whoami",
    tags: ["latest", "v1.*"],
    megabytes: 2.9,
    entrypoint: ["/whoami"],
    ports: [80],
    userland: "none",
    programs: servers("whoami"),
  },
  {
    repository: "docker.io/paulbouwer/hello-kubernetes",
    tags: ["1", "1.*"],
    megabytes: 28.4,
    cmd: ["node", "server.js"],
    ports: [8080],
    userland: "alpine",
    programs: servers("node"),
  },
  {
    repository: "docker.io/kennethreitz/httpbin",
    tags: ["latest"],
    megabytes: 185.1,
    cmd: ["gunicorn"],
    ports: [80],
    userland: "debian",
    programs: servers("gunicorn"),
  },
  {
    repository: "docker.io/fluent/fluentd",
    tags: ["latest", "edge", "v1.*"],
    megabytes: 21.5,
    entrypoint: ["/bin/entrypoint.sh"],
    cmd: ["fluentd"],
    ports: [24224],
    userland: "alpine",
    programs: servers("fluentd", "entrypoint.sh"),
    idleMegabytes: 60,
  },
  {
    repository: "quay.io/fluentd_elasticsearch/fluentd",
    tags: ["v2.5.2", "v5.0.1", "v4.*"],
    megabytes: 96.1,
    entrypoint: ["/entrypoint.sh"],
    userland: "debian",
    programs: servers("entrypoint.sh"),
    idleMegabytes: 60,
  },
  {
    repository: "docker.io/fluent/fluent-bit",
    tags: ["latest", "1.*", "2.*", "3.*"],
    megabytes: 34.5,
    entrypoint: ["/fluent-bit/bin/fluent-bit"],
    ports: [2020],
    userland: "none",
    programs: servers("fluent-bit"),
  },
  {
    repository: "docker.io/prom/node-exporter",
    tags: ["latest", "v1.*"],
    megabytes: 12.6,
    entrypoint: ["/bin/node_exporter"],
    ports: [9100],
    userland: "busybox",
    programs: servers("node_exporter"),
  },
  {
    repository: "docker.io/prom/prometheus",
    tags: ["latest", "v2.*", "v3.*"],
    megabytes: 111.0,
    entrypoint: ["/bin/prometheus"],
    ports: [9090],
    userland: "busybox",
    programs: servers("prometheus"),
    idleMegabytes: 120,
  },
  {
    repository: "docker.io/grafana/grafana",
    tags: ["latest", "10.*", "11.*", "12.*"],
    megabytes: 148.2,
    entrypoint: ["/run.sh"],
    ports: [3000],
    userland: "alpine",
    programs: servers("run.sh"),
    idleMegabytes: 90,
  },
  {
    repository: "docker.io/nvidia/cuda",
    tags: ["11.0-base", "11.0.3-base-ubuntu20.04", "12.*"],
    megabytes: 88.0,
    cmd: ["/bin/bash"],
    userland: "debian",
    commands: ["nvidia-smi"],
  },
  {
    repository: "docker.io/kubernetesui/dashboard",
    tags: ["v2.7.0", "v2.*"],
    megabytes: 75.8,
    entrypoint: ["/dashboard"],
    ports: [8443],
    userland: "none",
    programs: servers("dashboard"),
    idleMegabytes: 20,
  },
  {
    repository: "docker.io/kubernetesui/metrics-scraper",
    tags: ["v1.0.8", "v1.0.*"],
    megabytes: 19.7,
    entrypoint: ["/metrics-sidecar"],
    ports: [8000],
    userland: "none",
    programs: servers("metrics-sidecar"),
    idleMegabytes: 12,
  },
  {
    repository: "docker.io/library/my-app",
    tags: ["v1", "v2", "v3", "latest"],
    megabytes: 24.0,
    entrypoint: ["/app/server"],
    ports: [8080],
    userland: "alpine",
    programs: servers("server"),
  },
  {
    repository: "docker.io/polinux/stress",
    tags: ["latest", "1.0.4"],
    megabytes: 4.0,
    cmd: ["stress"],
    userland: "alpine",
    programs: { stress: "workload/stress" },
  },
  {
    repository: "docker.io/vish/stress",
    tags: ["latest"],
    megabytes: 1.6,
    entrypoint: ["/stress"],
    userland: "none",
    programs: { stress: "workload/stress" },
  },
  {
    repository: "docker.io/progrium/stress",
    tags: ["latest"],
    megabytes: 103.0,
    entrypoint: ["/usr/bin/stress"],
    userland: "debian",
    programs: { stress: "workload/stress" },
  },
  // Kubarium's own, for lessons: each does one thing that goes wrong.
  {
    repository: "docker.io/kubarium/crash",
    tags: ["1"],
    megabytes: 5,
    entrypoint: ["/crash"],
    userland: "busybox",
    programs: { crash: "workload/crasher" },
  },
  {
    repository: "docker.io/kubarium/flaky",
    tags: ["1"],
    megabytes: 5,
    entrypoint: ["/flaky"],
    ports: [8080],
    userland: "busybox",
    programs: { flaky: "workload/crasher" },
  },
  {
    repository: "docker.io/kubarium/slow-start",
    tags: ["1"],
    megabytes: 20,
    entrypoint: ["/slow-start"],
    ports: [8080],
    userland: "busybox",
    programs: servers("slow-start"),
  },
  {
    repository: "docker.io/kubarium/job",
    tags: ["1"],
    megabytes: 5,
    entrypoint: ["/job"],
    userland: "busybox",
    programs: { job: "workload/crasher" },
  },
  {
    repository: "docker.io/kubarium/cpu-burner",
    tags: ["1"],
    megabytes: 5,
    entrypoint: ["/cpu-burner"],
    ports: [8080],
    userland: "busybox",
    programs: { "cpu-burner": "workload/stress" },
  },
  {
    repository: "docker.io/kubarium/big",
    tags: ["1"],
    megabytes: 2000,
    entrypoint: ["/server"],
    ports: [8080],
    userland: "busybox",
    programs: servers("server"),
  },
];

const ROWS: ReadonlyMap<string, CatalogueRow> = new Map(CATALOGUE.map((row) => [row.repository, row]));
/** How an image's bytes spread over its layers, in percent. */
const LAYER_PERCENT: readonly number[] = [58, 27, 12, 3];
const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

export type CatalogueAnswer = { readonly image: ImageConfig } | { readonly missing: "tag" | "repository" | "denied" };

/** What the registries say to an image's name. */
export function findImage(name: ImageName): CatalogueAnswer {
  const row = ROWS.get(`${name.registry}/${name.repository}`);
  if (row === undefined) return { missing: name.registry === "docker.io" ? "denied" : "repository" };
  if (name.digest === "" && !row.tags.some((tag) => tagMatches(tag, name.tag))) return { missing: "tag" };
  return { image: imageOf(row, name.complete, name.tag) };
}

function tagMatches(pattern: string, tag: string): boolean {
  return pattern.endsWith("*") ? tag.startsWith(pattern.slice(0, -1)) && tag.length >= pattern.length : pattern === tag;
}

function imageOf(row: CatalogueRow, reference: string, tag: string): ImageConfig {
  // Tags differ a little in size, the same way each time: a hash of the tag, up to 1 %.
  const spread = Number.parseInt(digestHex(tag, 8).slice(0, 4), 16) % 10_000;
  const small = tag.includes("alpine") ? 3 : 1;
  const sizeBytes = Math.floor((row.megabytes * 1_000_000) / small) + Math.floor((row.megabytes * spread) / small);
  const percents = sizeBytes < 4_000_000 ? [100] : LAYER_PERCENT;
  const layers = percents.map((percent, i) => ({
    digest: `sha256:${digestHex(`${row.repository}:${tag}#${i}`, 64)}`,
    sizeBytes: Math.floor((sizeBytes * percent) / 100),
  }));
  return deepFreeze({
    reference,
    digest: `sha256:${digestHex(`${row.repository}:${tag}`, 64)}`,
    sizeBytes,
    layers,
    entrypoint: row.entrypoint ?? [],
    cmd: row.cmd ?? [],
    env: Object.assign({ PATH: DEFAULT_PATH }, row.env),
    workingDir: row.workingDir ?? "/",
    user: row.user ?? "",
    ports: row.ports ?? [],
    stopSignal: row.stopSignal ?? "SIGTERM",
    userland: row.userland ?? "debian",
    commands: row.commands ?? [],
    programs: row.programs ?? {},
    files: row.files ?? {},
    idleMemoryBytes: Math.floor((row.idleMegabytes ?? 2) * 1_048_576),
    idleCpuMillicores: row.idleMillicores ?? 1,
    requestCpuUs: Math.floor((row.requestMs ?? 0.1) * 1000),
  });
}
