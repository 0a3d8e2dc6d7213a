import { fnv32a } from "../api/hash.ts";
import { utcText } from "../kernel/calendar.ts";
import type { Certificate } from "../kernel/types.ts";
import { CLUSTER_DOMAIN, type Layout } from "./layout.ts";
import { pemBlock } from "./pem.ts";

/** What is on disk for a certificate: `data` is what programs read, `text` what `openssl x509 -text` would say in short. */
export interface CertificateFile {
  readonly text: string;
  readonly data: Certificate;
}

const YEAR_US = 365 * 24 * 3_600_000_000;

/** kubeadm: certificates are valid for a year from a little before the cluster began. */
export function issue(
  epochWallUs: number,
  subject: {
    readonly commonName: string;
    readonly organizations?: readonly string[];
    readonly issuer: string;
    readonly dnsNames?: readonly string[];
    readonly ipAddresses?: readonly string[];
    readonly machine?: string;
  },
): CertificateFile {
  const data: Certificate = Object.freeze({
    commonName: subject.commonName,
    organizations: Object.freeze([...(subject.organizations ?? [])]),
    issuer: subject.issuer,
    dnsNames: Object.freeze([...(subject.dnsNames ?? [])]),
    ipAddresses: Object.freeze([...(subject.ipAddresses ?? [])]),
    notBeforeWallUs: epochWallUs - 300_000_000,
    notAfterWallUs: epochWallUs - 300_000_000 + YEAR_US,
    serial: serialOf(
      `${subject.issuer}/${subject.commonName}/${subject.machine ?? ""}/${(subject.dnsNames ?? []).join()}`,
    ),
  });
  return Object.freeze({ text: textOf(data), data });
}

function serialOf(text: string): string {
  return fnv32a(text).toString(16).padStart(8, "0");
}

/** What `openssl x509 -text` prints, and the PEM block below it. */
function textOf(certificate: Certificate): string {
  const text = plainTextOf(certificate);
  return text + pemBlock("CERTIFICATE", text);
}

function plainTextOf(certificate: Certificate): string {
  const organizations = certificate.organizations.map((each) => `O = ${each}, `).join("");
  const names = [
    ...certificate.dnsNames.map((each) => `DNS:${each}`),
    ...certificate.ipAddresses.map((each) => `IP Address:${each}`),
  ];
  return [
    "Certificate:",
    `    Serial Number: ${certificate.serial}`,
    `    Issuer: CN = ${certificate.issuer}`,
    "    Validity",
    `        Not Before: ${utcText(certificate.notBeforeWallUs)}`,
    `        Not After : ${utcText(certificate.notAfterWallUs)}`,
    `    Subject: ${organizations}CN = ${certificate.commonName}`,
    ...(names.length > 0 ? ["    X509v3 Subject Alternative Name:", `        ${names.join(", ")}`] : []),
    "",
  ].join("\n");
}

const PKI = "/etc/kubernetes/pki";

/** Certificates of one control-plane machine under /etc/kubernetes/pki, as kubeadm lays them out. */
export function controlPlanePki(layout: Layout, machine: string, epochWallUs: number): Record<string, CertificateFile> {
  const ip = layout.ipOf[machine] as string;
  const files: Record<string, CertificateFile> = {};
  const add = (path: string, subject: Parameters<typeof issue>[1]) => {
    files[`${PKI}/${path}.crt`] = issue(epochWallUs, {
      ...subject,
      machine: subject.issuer === subject.commonName ? "" : `${machine}/${path}`,
    });
  };
  add("ca", { commonName: "kubernetes-ca", issuer: "kubernetes-ca" });
  add("front-proxy-ca", { commonName: "front-proxy-ca", issuer: "front-proxy-ca" });
  add("front-proxy-client", { commonName: "front-proxy-client", issuer: "front-proxy-ca" });
  add("apiserver", {
    commonName: "kube-apiserver",
    issuer: "kubernetes-ca",
    dnsNames: [
      machine,
      "kubernetes",
      "kubernetes.default",
      "kubernetes.default.svc",
      `kubernetes.default.svc.${CLUSTER_DOMAIN}`,
    ],
    ipAddresses: ["10.96.0.1", ip, layout.endpoint.slice(0, layout.endpoint.indexOf(":"))],
  });
  add("apiserver-kubelet-client", {
    commonName: "kube-apiserver-kubelet-client",
    organizations: ["kubeadm:cluster-admins"],
    issuer: "kubernetes-ca",
  });
  add("apiserver-etcd-client", { commonName: "kube-apiserver-etcd-client", issuer: "etcd-ca" });
  add("etcd/ca", { commonName: "etcd-ca", issuer: "etcd-ca" });
  add("etcd/server", {
    commonName: machine,
    issuer: "etcd-ca",
    dnsNames: [machine, "localhost"],
    ipAddresses: [ip, "127.0.0.1"],
  });
  add("etcd/peer", {
    commonName: machine,
    issuer: "etcd-ca",
    dnsNames: [machine, "localhost"],
    ipAddresses: [ip, "127.0.0.1"],
  });
  add("etcd/healthcheck-client", { commonName: "kube-etcd-healthcheck-client", issuer: "etcd-ca" });
  return files;
}

/** A kubeconfig on `machine`: `text` as a person would read it, `data` as programs do. */
export function kubeconfigFile(
  epochWallUs: number,
  machine: string,
  server: string,
  user: string,
  organizations: readonly string[],
): { text: string; data: { server: string; user: string; certificate: Certificate } } {
  const { data: certificate } = issue(epochWallUs, {
    commonName: user,
    organizations,
    issuer: "kubernetes-ca",
    machine,
  });
  const short = user.startsWith("system:node:") ? "default-auth" : user;
  const text = `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: DATA+OMITTED
    server: https://${server}
  name: kubernetes
contexts:
- context:
    cluster: kubernetes
    user: ${short}
  name: ${short}@kubernetes
current-context: ${short}@kubernetes
kind: Config
preferences: {}
users:
- name: ${short}
  user:
    client-certificate-data: DATA+OMITTED
    client-key-data: DATA+OMITTED
`;
  return Object.freeze({ text, data: Object.freeze({ server, user, certificate }) });
}
