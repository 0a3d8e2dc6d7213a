/** Serves HTTPS in its pod; kube-apiserver proxies `/apis/metrics.k8s.io/v1beta1` to it. Speaks `HttpRequest`. */
export const METRICS_SERVER_PORT = 10250;
