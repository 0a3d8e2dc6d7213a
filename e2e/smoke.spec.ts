import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "./page.ts";

test("the page opens under its name, and nobody else is asked for anything", async ({ page, baseURL }) => {
  const foreign: string[] = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(baseURL ?? "")) foreign.push(request.url());
  });
  const response = await page.goto("/");
  expect(response?.headers()["content-security-policy"]).toContain("default-src 'self'");
  await expect(page).toHaveTitle("Kubarium");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Kubarium");
  expect(foreign).toEqual([]);
});

test("axe finds nothing serious", async ({ page }) => {
  await page.goto("/");
  const { violations } = await new AxeBuilder({ page }).analyze();
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`)).toEqual([]);
});
