import { request } from "node:https";
import type { Page } from "@playwright/test";
import { installedKubectl, runKubectl } from "../src/bridge/testing/real-kubectl.ts";
import { expect, test } from "./page.ts";
import { hurry, openCluster } from "./stage.ts";

const kubectl = installedKubectl();

/** What the page offers: the path of the kubeconfig in the line to type, and the file's text. */
async function offered(page: Page) {
  await expect(page.getByTestId("bridge")).toHaveAttribute("data-state", "here", { timeout: 20_000 });
  await page.getByTestId("bridge").getByRole("button").click();
  const line = (await page.getByRole("menuitem", { name: /Copy the command/ }).textContent()) ?? "";
  const download = page.waitForEvent("download");
  await page.getByRole("menuitem", { name: "Download the kubeconfig" }).click();
  const stream = await (await download).createReadStream();
  let text = "";
  for await (const part of stream) text += part;
  return { path: /--kubeconfig (\S+) get nodes/.exec(line)?.[1] ?? "", text };
}

/** Asks the API as any client would that has read the kubeconfig. */
function ask(kubeconfig: string, path: string, headers: Record<string, string> = {}) {
  const field = (name: string) => new RegExp(`${name}: (\\S+)`).exec(kubeconfig)?.[1] ?? "";
  return new Promise<{ readonly status: number; readonly json: Record<string, unknown> }>((resolve, reject) => {
    const asked = request(
      `${field("server")}${path}`,
      {
        ca: Buffer.from(field("certificate-authority-data"), "base64"),
        servername: "localhost",
        headers: { authorization: `Bearer ${field("token")}`, ...headers },
      },
      async (response) => {
        let text = "";
        for await (const part of response) text += part;
        resolve({ status: response.statusCode ?? 0, json: JSON.parse(text) });
      },
    );
    asked.on("error", reject);
    asked.end();
  });
}

test("the page offers its cluster to programs of this computer, and to nobody else", async ({ page }) => {
  await openCluster(page);
  const { text } = await offered(page);
  const nodes = await ask(text, "/api/v1/nodes");
  expect([nodes.status, (nodes.json.items as unknown[]).length]).toEqual([200, 4]);
  expect((await ask(text, "/api/v1/nodes", { origin: "http://example.com" })).status).toBe(403);
  expect((await ask(text, "/api/v1/nodes", { host: "example.com" })).status).toBe(403);
  expect((await ask(text, "/api/v1/nodes", { authorization: "Bearer other" })).status).toBe(401);
});

test("another page of the same browser cannot open the bridge's door", async ({ page, baseURL, context }) => {
  await openCluster(page);
  await expect(page.getByTestId("bridge")).toHaveAttribute("data-state", "here", { timeout: 20_000 });
  const other = await context.newPage();
  await other.route("http://elsewhere.test/", (route) =>
    route.fulfill({ contentType: "text/html", body: "<p>hi</p>" }),
  );
  await other.goto("http://elsewhere.test/");
  const outcome = await other.evaluate(async (base) => {
    const read = await fetch(base).then(
      () => "read",
      () => "refused",
    );
    const socket = await new Promise<string>((resolve) => {
      const opened = new WebSocket(`${base.replace("http", "ws")}bridge`, ["kubarium-bridge", "guess"]);
      opened.onopen = () => resolve("open");
      opened.onerror = () => resolve("refused");
    });
    return [read, socket];
  }, baseURL ?? "");
  expect(outcome).toEqual(["refused", "refused"]);
  await other.close();
});

test("of two tabs the newer session answers, and both say so; without any there is a clear answer", async ({
  page,
  context,
}) => {
  await openCluster(page, "basic");
  const { text, path } = await offered(page);
  const second = await context.newPage();
  await openCluster(second, "single");
  await expect(second.getByTestId("bridge")).toHaveAttribute("data-state", "here", { timeout: 20_000 });
  await expect(second.getByText("Your own kubectl reaches this tab now")).toBeVisible();
  await expect(page.getByTestId("bridge")).toHaveAttribute("data-state", "elsewhere");
  expect(((await ask(text, "/api/v1/nodes")).json.items as unknown[]).length).toBe(1);

  await second.close();
  await expect(page.getByTestId("bridge")).toHaveAttribute("data-state", "here");
  expect(((await ask(text, "/api/v1/nodes")).json.items as unknown[]).length).toBe(4);

  await page.close();
  await expect.poll(async () => (await ask(text, "/api/v1/nodes")).status).toBe(503);
  expect((await ask(text, "/api/v1/nodes")).json).toMatchObject({
    kind: "Status",
    reason: "ServiceUnavailable",
    message: expect.stringContaining("no cluster is open"),
  });
  if (kubectl !== undefined)
    expect((await runKubectl(kubectl, path, ["get", "nodes"])).stderr).toContain(
      "Warning: no cluster is open: open http://",
    );
});

test("a real kubectl drives the cluster on the stage", async ({ page }) => {
  test.skip(kubectl === undefined, "there is no kubectl on this machine");
  await openCluster(page);
  await hurry(page, 5);
  const { path } = await offered(page);
  const run = (args: string, input?: string) =>
    runKubectl(kubectl ?? "", path, args.split(" "), input === undefined ? {} : { input });

  expect((await run("get nodes --no-headers")).stdout).toMatch(/^control-plane-1 +Ready +control-plane/);
  expect((await run("create deployment seen --image=nginx:1.27 --replicas=2")).stdout).toBe(
    "deployment.apps/seen created\n",
  );
  await expect(page.locator("[data-pod][data-state='running']", { hasText: "seen-" })).toHaveCount(2, {
    timeout: 40_000,
  });
  await run("run tools --image=busybox:1.36 -- sleep 3600");
  await run("wait --for=condition=Ready pod/tools --timeout=30s");
  expect((await run("exec -i tools -- cat", "through the page\n")).stdout).toBe("through the page\n");

  // What it did is on the page like what is typed there.
  await page.getByRole("tab", { name: "Trace" }).click();
  await expect(page.getByText(/kubectl create/).first()).toBeVisible();
});

test("a paused cluster lets a client wait and says so; a rewind cuts a watch off, visibly", async ({ page }) => {
  test.skip(kubectl === undefined, "there is no kubectl on this machine");
  await openCluster(page);
  await hurry(page, 20);
  const { path } = await offered(page);
  await page.waitForTimeout(1_000);
  const watch = runKubectl(kubectl ?? "", path, ["get", "pods", "-A", "--watch-only"]);
  await page.waitForTimeout(1_000);
  await page.getByTestId("play").click();
  const waiting = runKubectl(kubectl ?? "", path, ["get", "nodes", "-o", "name"]);
  await expect(page.getByTestId("pace")).toContainText("a command waits until time goes on");
  await page.getByTestId("play").click();
  expect((await waiting).stdout).toContain("node/worker-3");

  await page.getByTestId("timeline").focus();
  await page.keyboard.press("PageDown");
  await expect(page.getByText(/Time was moved: .* of your own kubectl .* cut off/)).toBeVisible();
  expect((await watch).stdout).toContain("Time was moved");
});
