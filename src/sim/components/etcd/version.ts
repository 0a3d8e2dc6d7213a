/** Of the etcd that goes with Kubernetes 1.33, and of its tools. */
export const VERSION = "3.5.21";
export const API_VERSION = "3.5";
