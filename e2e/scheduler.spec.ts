import { expect, test } from "./page.ts";
import { hurry, openCluster, tile, type } from "./stage.ts";

test("the scheduler shows a decision whole: node by plugin, by mouse and by keyboard", async ({ page }) => {
  await openCluster(page);
  await hurry(page, 5);
  await type(page, "kubectl run web --image=nginx:1.27");
  await expect(page.locator("[data-pod]", { hasText: "web" })).toHaveCount(1, { timeout: 30_000 });
  await tile(page, "kube-scheduler", "control-plane-1").click();
  const inspected = page.getByTestId("inspected");
  const table = inspected.getByRole("region", { name: "Nodes and plugins, for default/web" }).first();
  await expect(table.getByRole("row", { name: /chosen/ })).toHaveCount(1);
  await expect(table.getByRole("columnheader", { name: /Taint\s*Toleration/ })).toContainText("× 3");
  await expect(table.getByRole("row", { name: /^control-plane-1/ })).toContainText("node(s) had untolerated taint");
  // Wider than its panel: the arrow keys reach the rest, and the nodes' names stay in sight.
  await table.focus();
  for (let press = 0; press < 10; press += 1) await page.keyboard.press("ArrowRight");
  await expect.poll(() => table.evaluate((panel) => panel.scrollLeft)).toBeGreaterThan(0);
  await expect(table.getByRole("rowheader", { name: "worker-1" })).toBeInViewport();
});

test("the page's terminal asks what the scheduler would do", async ({ page }) => {
  await openCluster(page);
  await hurry(page, 5);
  await type(page, "kubectl run web --image=nginx --dry-run=client -o yaml > web.yaml; lab schedule -f web.yaml");
  await expect(page.getByRole("tabpanel")).toContainText(
    /pod default\/web \(priority 0\): worker-\d \(3 of 4 nodes fit\)/,
    {
      timeout: 30_000,
    },
  );
  await expect(page.locator("[data-pod]", { hasText: "web" })).toHaveCount(0);
});
