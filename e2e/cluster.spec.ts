import { expect, test } from "./page.ts";
import { breakBy, clockSeconds, hurry, openCluster, tile, type } from "./stage.ts";

test("a manifest is applied by the editor, and its pods run on the stage", async ({ page }) => {
  await openCluster(page);
  await hurry(page, 5);
  await page.getByRole("tab", { name: "Editor" }).click();
  await page.getByRole("button", { name: "Examples" }).click();
  await page.getByRole("menuitem", { name: /^Deployment and Service/ }).click();
  await page.getByRole("button", { name: "Apply", exact: true }).click();
  await expect(page.getByTestId("apply-answer")).toContainText("deployment.apps/web created", { timeout: 30_000 });
  await expect(page.getByTestId("apply-answer")).toContainText("service/web created");
  await expect(page.locator("[data-pod][data-state='running']", { hasText: "web-" })).toHaveCount(3, {
    timeout: 40_000,
  });
});

test("what the API refuses is said in the editor, and nothing changes", async ({ page }) => {
  await openCluster(page);
  await hurry(page, 5);
  await page.getByRole("tab", { name: "Editor" }).click();
  const editor = page.getByLabel("Manifest editor");
  await editor.fill("kind: Deployment\nmetadata:\n  name: a: b\n");
  await page.getByRole("button", { name: "Apply", exact: true }).click();
  await expect(page.getByTestId("apply-answer")).toContainText("line 3", { timeout: 30_000 });
  await expect(page.locator("[data-pod]", { hasText: "a-" })).toHaveCount(0);
});

test("time pauses, steps and goes back", async ({ page }) => {
  await openCluster(page);
  await page.getByTestId("play").click();
  await expect(page.getByTestId("pace")).toContainText("Paused");
  await page.waitForTimeout(200);
  const paused = await clockSeconds(page);
  await page.waitForTimeout(300);
  expect(await clockSeconds(page)).toBe(paused);

  await page.getByRole("button", { name: "Step" }).click();
  await page.getByRole("menuitem", { name: /Next message/ }).click();
  await expect.poll(() => clockSeconds(page)).toBeGreaterThan(paused);

  await hurry(page, 20);
  await page.getByTestId("play").click();
  await expect.poll(() => clockSeconds(page), { timeout: 20_000 }).toBeGreaterThan(paused + 10);
  await page.getByTestId("play").click();
  const late = await clockSeconds(page);
  await page.getByTestId("timeline").focus();
  await page.keyboard.press("PageDown");
  await expect.poll(() => clockSeconds(page)).toBeLessThan(late - 5);
});

test("without its scheduler the cluster leaves new pods waiting, and goes on when it is mended", async ({ page }) => {
  await openCluster(page);
  await hurry(page, 5);
  const scheduler = tile(page, "kube-scheduler", "control-plane-1");
  await breakBy(page, scheduler, /stop/i);
  await expect(scheduler).toHaveAttribute("data-state", "stopped");
  await expect(page.getByRole("button", { name: "1 broken" })).toBeVisible();
  await type(page, "kubectl create deployment late --image=nginx:1.27");
  await expect(page.locator("[data-pod][data-state='waiting']", { hasText: "late-" })).toBeVisible({ timeout: 30_000 });

  await page.getByRole("button", { name: /^Mend: kube-scheduler/ }).click();
  await expect(scheduler).toHaveAttribute("data-state", "running", { timeout: 20_000 });
  await expect(page.locator("[data-pod][data-state='running']", { hasText: "late-" })).toBeVisible({ timeout: 40_000 });
});

test("an etcd member breaks and is mended; one key takes the break back", async ({ page }) => {
  await openCluster(page, "ha");
  const member = tile(page, "etcd", "control-plane-3");
  await breakBy(page, member, /stop/i);
  await expect(member).toHaveAttribute("data-state", "stopped");
  await page.getByTestId("stage").click({ position: { x: 4, y: 4 } });
  await page.keyboard.press("u");
  await expect(member).toHaveAttribute("data-state", "running", { timeout: 20_000 });
});

test("a worker without power is dark and NotReady after its grace period; mended, it comes back", async ({ page }) => {
  await openCluster(page);
  await hurry(page, 50);
  const worker = page.locator("[data-machine='worker-2']");
  await breakBy(page, worker.getByRole("button", { name: /^worker-2/ }), /power.?off|switch off|power off/i);
  await expect(worker).toHaveAttribute("data-power", "off");
  await type(page, "kubectl get nodes");
  await expect
    .poll(
      async () => {
        await type(page, "clear");
        await type(page, "kubectl get node worker-2 --no-headers");
        await page.waitForTimeout(500);
        return page.getByRole("log", { name: "Terminal output" }).textContent();
      },
      { timeout: 40_000 },
    )
    .toContain("NotReady");
  await worker.getByRole("button", { name: /^Mend/ }).click();
  await expect(worker).toHaveAttribute("data-power", "on", { timeout: 20_000 });
});

test("a wire is cut with a sign on it, and mended by one click", async ({ page }) => {
  await openCluster(page);
  const wire = page.getByRole("button", { name: /^Link kubelet@worker-1 to kube-apiserver@control-plane-1/ });
  await wire.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("inspected")).toBeVisible();
  await page
    .getByRole("button", { name: /^Break: .*(cut|partition)/i })
    .first()
    .click();
  const sign = page.locator("[data-link-sign='cut']").first();
  await expect(sign).toBeVisible();
  await sign.getByRole("button", { name: /^Mend/ }).click();
  await expect(page.locator("[data-link-sign]")).toHaveCount(0);
});

test("the terminal answers, completes and stops what hangs", async ({ page }) => {
  await openCluster(page);
  await hurry(page, 5);
  await type(page, "kubectl get nodes");
  const output = page.getByRole("log", { name: "Terminal output" });
  await expect(output).toContainText("worker-3", { timeout: 30_000 });

  const input = page.getByLabel("Terminal input");
  await input.fill("kubectl descr");
  await input.press("Tab");
  await expect(input).toHaveValue(/^kubectl describe/);
  await input.press("Control+c");

  await type(page, "kubectl get pods -A -w");
  await expect(output).toContainText("kube-system", { timeout: 30_000 });
  await expect(page.getByTestId("command-waits")).toContainText("virtual");
  await input.press("Control+c");
  await expect(page.getByTestId("command-waits")).toHaveCount(0, { timeout: 10_000 });
});

test("presenter mode leaves stage, caption and time, in large type", async ({ page }) => {
  await openCluster(page);
  await page.getByTestId("stage").click({ position: { x: 4, y: 4 } });
  await page.keyboard.press("p");
  await expect(page.getByRole("tab", { name: "Terminal" })).toHaveCount(0);
  await expect(page.getByTestId("caption")).toBeVisible();
  const size = await tile(page, "etcd", "control-plane-1").evaluate((element) => getComputedStyle(element).fontSize);
  expect(Number.parseFloat(size)).toBeGreaterThanOrEqual(16);
  await page.keyboard.press(".");
  await expect(page.getByTestId("dimmed")).toBeVisible();
  await page.keyboard.press(".");
  await expect(page.getByTestId("dimmed")).toHaveCount(0);
});

test("a fresh start takes one key and can be taken back", async ({ page }) => {
  await openCluster(page);
  await hurry(page, 5);
  await type(page, "kubectl create deployment kept --image=nginx:1.27");
  const pod = page.locator("[data-pod]", { hasText: "kept-" });
  await expect(pod).toBeVisible({ timeout: 30_000 });

  await page.getByTestId("stage").click({ position: { x: 4, y: 4 } });
  await page.keyboard.press("Shift+N");
  await expect(pod).toHaveCount(0);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(pod).toBeVisible({ timeout: 20_000 });
});

test("a reload by accident can be resumed", async ({ page }) => {
  await openCluster(page);
  await hurry(page, 5);
  await type(page, "kubectl create deployment kept --image=nginx:1.27");
  const pod = page.locator("[data-pod]", { hasText: "kept-" });
  await expect(pod).toBeVisible({ timeout: 30_000 });
  // The input log is written a moment after the last input.
  await page.waitForTimeout(1500);
  await page.reload();
  await page.getByRole("button", { name: "Resume it" }).click({ timeout: 20_000 });
  await expect(pod).toBeVisible({ timeout: 20_000 });
});

test("a message in flight opens its envelope, and time stands still meanwhile", async ({ page }) => {
  await openCluster(page);
  await type(page, "kubectl create deployment seen --image=nginx:1.27");
  const message = page.locator("[data-message-label]").first();
  await expect(message).toBeVisible({ timeout: 20_000 });
  await message.dispatchEvent("click");
  await expect(page.getByTestId("pace")).toContainText("Paused");
  await expect(page.getByTestId("inspected")).toBeVisible();
});

test("the stage is walked, opened and broken by keyboard alone", async ({ page }) => {
  await openCluster(page);
  const stop = page.locator("[data-stage-item][tabindex='0']");
  await expect(stop).toHaveCount(1);
  await stop.focus();
  for (let count = 0; count < 4; count++) await page.keyboard.press("ArrowDown");
  const name = await page.evaluate(() => document.activeElement?.getAttribute("data-component"));
  expect(name).toBeTruthy();
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("inspected")).toContainText(name ?? "");
  await page.keyboard.press("b");
  await page.getByRole("menuitem", { name: /stop/i }).first().waitFor();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("menu")).toHaveCount(0);
  await page.keyboard.press(" ");
  await expect(page.getByTestId("pace")).toContainText("Paused");
});
