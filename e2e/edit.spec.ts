import { expect, test } from "./page.ts";
import { hurry, openCluster, type } from "./stage.ts";

test("kubectl edit hands an object to the editor and takes it back", async ({ page }) => {
  await openCluster(page);
  await hurry(page, 5);
  const output = page.getByRole("log", { name: "Terminal output" });
  await type(page, "kubectl create configmap colours --from-literal=sky=grey");
  await expect(output).toContainText("configmap/colours created", { timeout: 30_000 });

  await type(page, "kubectl edit configmap colours");
  await expect(page.getByTestId("editing")).toContainText("/tmp/kubectl-edit-", { timeout: 30_000 });
  const code = page.locator(".cm-content");
  await expect(code).toContainText("sky: grey");
  await code.click();
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText(
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: colours, namespace: default}\ndata: {sky: blue}\n",
  );
  await page.getByRole("button", { name: "Save and close" }).click();

  await expect(output).toContainText("configmap/colours edited", { timeout: 30_000 });
  await type(page, "kubectl get configmap colours -o jsonpath='{.data.sky}'");
  await expect(output).toContainText("blue", { timeout: 30_000 });
});
