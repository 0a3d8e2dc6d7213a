import "reflect-metadata";
import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { join } from "node:path";
import * as x509 from "@peculiar/x509";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { issueServingCertificate } from "../../bridge/front/certificates.ts";
import { topologyByName } from "../../sim/cluster/topology.ts";
import { parseServeFlags, type ServedCluster, serveCluster } from "./serve.ts";

let cluster: ServedCluster;

beforeAll(async () => {
  cluster = await serveCluster({ port: 0, topology: topologyByName("single")!, seed: 3, speed: 20 });
});

afterAll(() => cluster.close());

interface Ask {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Shown instead of the kubeconfig's token. */
  readonly certificate?: { readonly cert: string; readonly key: string };
}

function open(method: string, path: string, { body, headers = {}, certificate }: Ask = {}): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const authorization = certificate === undefined ? { authorization: `Bearer ${cluster.token}` } : {};
    const json = body === undefined ? {} : { "content-type": "application/json" };
    const request = httpsRequest(
      {
        host: "127.0.0.1",
        port: cluster.port,
        ca: cluster.authority,
        servername: "localhost",
        method,
        path,
        headers: { ...authorization, ...json, ...headers },
        ...certificate,
      },
      resolve,
    );
    request.on("error", reject);
    request.end(body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body));
  });
}

async function ask(method: string, path: string, given: Ask = {}) {
  const response = await open(method, path, given);
  let text = "";
  for await (const part of response) text += part;
  return { status: response.statusCode, text, json: () => JSON.parse(text) };
}

/** In PEM, as `openssl req -new -newkey` makes them. */
async function signingRequest(name: string) {
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const keys = (await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"])) as CryptoKeyPair;
  const request = await x509.Pkcs10CertificateRequestGenerator.create({ name, keys, signingAlgorithm: algorithm });
  const der = await crypto.subtle.exportKey("pkcs8", keys.privateKey);
  return { request: request.toString("pem"), key: x509.PemConverter.encode(der, "PRIVATE KEY") };
}

const PODS = "/api/v1/namespaces/default/pods";
const CONFIG_MAPS = "/api/v1/namespaces/default/configmaps";

async function runningPod(name: string, container: object, rest: object = {}): Promise<void> {
  const spec = { containers: [{ name: "c", image: "busybox:1.36", ...container }], ...rest };
  const created = await ask("POST", PODS, { body: { apiVersion: "v1", kind: "Pod", metadata: { name }, spec } });
  expect(created.status).toBe(201);
  for (;;) {
    const { status } = (await ask("GET", `${PODS}/${name}`)).json();
    if (status.phase === "Running") return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe("the served API", () => {
  it("lists, creates, reads and deletes", async () => {
    const nodes = await ask("GET", "/api/v1/nodes");
    expect(nodes.json().items.map((node: { metadata: { name: string } }) => node.metadata.name)).toEqual([
      "control-plane-1",
    ]);
    const body = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" }, data: { é: "ü" } };
    expect((await ask("POST", CONFIG_MAPS, { body: { ...body, data: { e: "ü" } } })).status).toBe(201);
    expect((await ask("GET", `${CONFIG_MAPS}/a`)).json().data).toEqual({ e: "ü" });
    expect((await ask("DELETE", `${CONFIG_MAPS}/a`)).status).toBe(200);
    expect((await ask("GET", `${CONFIG_MAPS}/a`)).json()).toMatchObject({ kind: "Status", reason: "NotFound" });
  });

  it("sends a watch's head at once, then what happens", async () => {
    const { metadata } = (await ask("GET", CONFIG_MAPS)).json();
    const watch = await open("GET", `${CONFIG_MAPS}?watch=1&resourceVersion=${metadata.resourceVersion}`);
    expect(watch.statusCode).toBe(200);
    await ask("POST", CONFIG_MAPS, { body: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "seen" } } });
    for await (const chunk of watch) {
      const event = JSON.parse(String(chunk));
      expect([event.type, event.object.metadata.name]).toEqual(["ADDED", "seen"]);
      break;
    }
    watch.destroy();
  });

  it("takes protobuf as kubectl sends it", async () => {
    const bytes = readFileSync(join(import.meta.dirname, "../../bridge/front/testdata/roundtrip/core.v1.ConfigMap.pb"));
    const headers = { "content-type": "application/vnd.kubernetes.protobuf" };
    const send = (body: Buffer) =>
      new Promise<number | undefined>((resolve, reject) => {
        const request = httpsRequest(
          {
            host: "127.0.0.1",
            port: cluster.port,
            ca: cluster.authority,
            method: "POST",
            path: CONFIG_MAPS,
            headers: { ...headers, authorization: `Bearer ${cluster.token}` },
          },
          (response) => resolve(response.resume().statusCode),
        );
        request.on("error", reject);
        request.end(body);
      });
    // Its namespace is another one; what counts is that it was read.
    expect(await send(bytes)).toBe(400);
    expect(await send(bytes.subarray(0, 40))).toBe(400);
  });

  it("refuses who is not known, and pages of the web", async () => {
    expect((await ask("GET", "/api/v1/nodes", { headers: { authorization: "Bearer wrong" } })).status).toBe(401);
    expect((await ask("GET", "/version", { headers: { authorization: "" } })).status).toBe(401);
    expect((await ask("GET", "/version", { headers: { origin: "https://example.com" } })).status).toBe(403);
    expect((await ask("GET", "/version", { headers: { host: "example.com" } })).status).toBe(403);
    const bob = await ask("GET", PODS, { headers: { "impersonate-user": "bob" } });
    expect([bob.status, bob.json().message]).toEqual([
      403,
      'pods is forbidden: User "bob" cannot list resource "pods" in API group "" in the namespace "default"',
    ]);
  });

  it("knows who shows a certificate that the cluster's signer issued, and has its key", async () => {
    const { request, key } = await signingRequest("CN=bob, O=devs");
    const path = "/apis/certificates.k8s.io/v1/certificatesigningrequests";
    const spec = {
      request: Buffer.from(request).toString("base64"),
      signerName: "kubernetes.io/kube-apiserver-client",
      usages: ["client auth"],
    };
    const body = { apiVersion: "certificates.k8s.io/v1", kind: "CertificateSigningRequest", metadata: { name: "bob" } };
    const asked = (await ask("POST", path, { body: { ...body, spec } })).json();
    const conditions = [{ type: "Approved", status: "True", reason: "Ours", message: "one of us" }];
    await ask("PUT", `${path}/bob/approval`, { body: { ...asked, status: { conditions } } });
    let issued: string | undefined;
    while (issued === undefined) issued = (await ask("GET", `${path}/bob`)).json().status.certificate;
    const certificate = { cert: Buffer.from(issued, "base64").toString(), key };
    const review = { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" };
    const reviews = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
    const { status } = (await ask("POST", reviews, { body: review, certificate })).json();
    expect(status.userInfo).toMatchObject({ username: "bob", groups: ["devs", "system:authenticated"] });
    const refused = await ask("GET", PODS, { certificate });
    expect(refused.json().message).toBe(
      'pods is forbidden: User "bob" cannot list resource "pods" in API group "" in the namespace "default"',
    );
    // The same text without the key's proof is worth nothing.
    const claimed = { "client-certificate": Buffer.from(certificate.cert).toString("base64") };
    const claim = await ask("POST", reviews, { body: review, headers: claimed });
    expect(claim.json().status.userInfo.username).toBe("kubernetes-admin");
  });

  it("refuses certificates that others issued", async () => {
    const { certificate: cert, key } = await issueServingCertificate(Date.now());
    expect(await ask("GET", PODS, { certificate: { cert, key } })).toMatchObject({ status: 401 });
  });

  it("refuses bodies over 3 MiB", async () => {
    const answer = await ask("POST", CONFIG_MAPS, { body: "x".repeat(3_145_729) });
    expect([answer.status, answer.json().reason]).toEqual([413, "RequestEntityTooLarge"]);
  });

  it("follows a log from its end, and shows the output to who attaches", async () => {
    const script = "echo one; echo two; sleep 4; echo three; sleep 2";
    await runningPod("follows", { command: ["sh", "-c", script] }, { restartPolicy: "Never" });
    const [log, attached] = await Promise.all([
      ask("GET", `${PODS}/follows/log?follow=true&tailLines=1`),
      talk(`${PODS}/follows/attach?stdout=true&stderr=true`),
    ]);
    expect(log.text).toBe("two\nthree\n");
    expect(attached[1]).toBe("three\n");
    expect(JSON.parse(attached[3] ?? "")).toEqual({ metadata: {}, status: "Success" });
  });

  it("applies server-side, and names who is in the way", async () => {
    const apply = (manager: string, data: object, force = false) =>
      ask("PATCH", `${CONFIG_MAPS}/owned?fieldManager=${manager}${force ? "&force=true" : ""}`, {
        body: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "owned" }, data },
        headers: { "content-type": "application/apply-patch+yaml" },
      });
    expect((await apply("alpha", { k: "1", only: "a" })).status).toBe(201);
    const refused = await apply("beta", { k: "2" });
    expect([refused.status, refused.json().message]).toEqual([
      409,
      'Apply failed with 1 conflict: conflict with "alpha": .data.k',
    ]);
    const forced = (await apply("beta", { k: "2" }, true)).json();
    const owners: { manager: string; fieldsV1: object }[] = forced.metadata.managedFields;
    expect(Object.fromEntries(owners.map(({ manager, fieldsV1 }) => [manager, fieldsV1]))).toEqual({
      alpha: { "f:data": { "f:only": {} } },
      beta: { "f:data": { "f:k": {} } },
    });
    expect((await apply("alpha", {})).json().data).toEqual({ k: "2" });
    expect(
      (
        await ask("PATCH", `${CONFIG_MAPS}/owned`, {
          body: {},
          headers: { "content-type": "application/apply-patch+yaml" },
        })
      ).status,
    ).toBe(422);
  });

  it("lets go of clients that vanish", async () => {
    const before = cluster.host.session.waiting;
    const watches = await Promise.all(Array.from({ length: 20 }, () => open("GET", `${PODS}?watch=1`)));
    expect(cluster.host.session.waiting).toBeGreaterThanOrEqual(before + 20);
    for (const watch of watches) watch.destroy();
    await expect.poll(() => cluster.host.session.waiting).toBeLessThanOrEqual(before);
  });

  it("gives logs and runs commands by WebSocket", async () => {
    await runningPod("talks", { command: ["sh", "-c", "echo hello; sleep 3600"] });
    expect((await ask("GET", `${PODS}/talks/log`)).text).toBe("hello\n");
    const command = encodeURIComponent("echo hi; exit 3");
    const channels = await talk(`${PODS}/talks/exec?command=sh&command=-c&command=${command}&stdout=true&stderr=true`);
    expect(channels[1]).toBe("hi\n");
    expect(JSON.parse(channels[3] ?? "")).toMatchObject({
      reason: "NonZeroExitCode",
      details: { causes: [{ reason: "ExitCode", message: "3" }] },
    });
  });
});

/** What comes on each channel until the server closes. */
async function talk(path: string): Promise<Readonly<Record<number, string>>> {
  const socket = new WebSocket(`wss://127.0.0.1:${cluster.port}${path}`, "v5.channel.k8s.io", {
    ca: cluster.authority,
    headers: { authorization: `Bearer ${cluster.token}` },
  });
  const channels: Record<number, string> = {};
  await new Promise<void>((resolve, reject) => {
    socket.on("message", (data: Buffer) => {
      const channel = data[0] as number;
      channels[channel] = (channels[channel] ?? "") + data.subarray(1).toString();
    });
    socket.on("close", () => resolve());
    socket.on("error", reject);
  });
  return channels;
}

describe("the flags of --serve", () => {
  it("are read, and refused with a sentence", () => {
    expect(parseServeFlags(["--serve", "6443", "--topology=ha", "--seed", "4", "--speed", "10"])).toMatchObject({
      port: 6443,
      seed: 4,
      speed: 10,
      topology: { name: "ha" },
    });
    expect(parseServeFlags(["--serve", "70000"])).toBe("no port: 70000");
    expect(parseServeFlags(["--serve"])).toBe("flag needs an argument: --serve");
    expect(parseServeFlags(["--serve", "1", "--what"])).toBe("unknown flag: --what");
    expect(parseServeFlags(["--serve", "1", "--topology", "none"])).toContain("no topology: none");
    expect(parseServeFlags(["--serve", "1", "--set", "nodeMonitorGracePeriod=20s"])).toMatchObject({
      topology: { kubernetes: { nodeMonitorGracePeriod: "20s" } },
    });
    expect(parseServeFlags(["--serve", "1", "--set", "nothing=1"])).toContain('There is no setting "nothing"');
    expect(parseServeFlags(["--serve", "1", "--epoch", "noon"])).toContain("no epoch: noon: The epoch must be a time");
    expect(parseServeFlags(["--serve", "1", "--epoch", "2030-01-01T00:00:00Z"])).toMatchObject({
      topology: { name: "basic", epoch: "2030-01-01T00:00:00Z" },
    });
  });
});
