import type { Locator, Page } from "@playwright/test";
import { expect } from "./page.ts";

/** Opens the page and waits until the cluster is ready for its first command. The invitations are put aside. */
export async function openCluster(page: Page, topology = "basic"): Promise<void> {
  await page.addInitScript(() => {
    if (!localStorage.getItem("kubarium.arrangement")) {
      localStorage.setItem("kubarium.arrangement", JSON.stringify({ invited: true }));
    }
  });
  await page.goto(`/?topology=${topology}&seed=7`);
  await expect(page.locator("[data-machine='control-plane-1']")).toContainText("Ready", { timeout: 30_000 });
  await expect(page.getByTestId("caption")).not.toContainText("booting", { timeout: 30_000 });
}

/** A component's tile. */
export function tile(page: Page, component: string, machine: string): Locator {
  return page.locator(`[data-machine='${machine}'] [data-component='${component}']`);
}

export async function clockSeconds(page: Page): Promise<number> {
  const [hours, minutes, seconds] = ((await page.getByTestId("clock").textContent()) ?? "").split(":").map(Number);
  return (hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0);
}

/** Full speed ahead, so that the tests wait little. */
export async function hurry(page: Page, speed = 20): Promise<void> {
  await page.getByLabel("Speed", { exact: true }).evaluate((slider, value) => {
    const input = slider as HTMLInputElement;
    const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set;
    set?.call(input, String(Math.round(((Math.log10(value) + 3) / 6) * 1000)));
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }, speed);
  await page.getByRole("checkbox", { name: "Follow" }).uncheck();
}

/** Breaks something by its Break menu, by name of the entry. */
export async function breakBy(page: Page, target: Locator, entry: RegExp): Promise<void> {
  await target.click({ button: "right" });
  await page.getByRole("menuitem", { name: entry }).click();
}

/** Types a line into the terminal and answers what came. */
export async function type(page: Page, line: string): Promise<void> {
  await page.getByRole("tab", { name: "Terminal" }).click();
  const input = page.getByLabel("Terminal input");
  await input.fill(line);
  await input.press("Enter");
}
