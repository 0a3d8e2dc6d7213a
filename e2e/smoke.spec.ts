import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "./page.ts";
import { openCluster, tile } from "./stage.ts";

test("the page opens under its name, and nobody else is asked for anything", async ({ page, baseURL }) => {
  const foreign: string[] = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(baseURL ?? "") && !/^(data|blob):/.test(request.url())) foreign.push(request.url());
  });
  const response = await page.goto("/");
  expect(response?.headers()["content-security-policy"]).toContain("default-src 'self'");
  await expect(page).toHaveTitle("Kubarium");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Kubarium");
  await expect(tile(page, "kube-apiserver", "control-plane-1")).toBeVisible();
  expect(foreign).toEqual([]);
});

for (const theme of ["light", "dark", "contrast"]) {
  test(`axe finds nothing serious in the ${theme} theme`, async ({ page }) => {
    await page.addInitScript((chosen) => {
      localStorage.setItem("kubarium.arrangement", JSON.stringify({ theme: chosen }));
    }, theme);
    await openCluster(page);
    await page.getByTestId("play").click();
    await tile(page, "etcd", "control-plane-1").click();
    await expect(page.getByTestId("inspected")).toBeVisible();
    const { violations } = await new AxeBuilder({ page }).analyze();
    const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
    expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`)).toEqual([]);
  });
}

test("at 1280 by 720 and on a phone nothing has to be scrolled to reach stage and time", async ({ page }) => {
  await openCluster(page);
  for (const size of [
    { width: 1280, height: 720 },
    { width: 390, height: 780 },
  ]) {
    await page.setViewportSize(size);
    const overflow = await page.evaluate(() => [
      document.documentElement.scrollWidth - innerWidth,
      document.documentElement.scrollHeight - innerHeight,
    ]);
    expect(Math.max(...overflow)).toBeLessThanOrEqual(0);
    await expect(page.getByTestId("play")).toBeInViewport();
    await expect(page.getByTestId("stage")).toBeInViewport();
  }
});
