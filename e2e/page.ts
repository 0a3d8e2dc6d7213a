import { test as base } from "@playwright/test";

/** The tests' own `test`: a page on which any console error or uncaught exception fails the test. */
export const test = base.extend<{ noConsoleErrors: undefined }>({
  noConsoleErrors: [
    async ({ page }, use) => {
      const errors: string[] = [];
      page.on("console", (message) => {
        if (message.type() === "error") errors.push(message.text());
      });
      page.on("pageerror", (error) => errors.push(error.stack ?? error.message));
      await use(undefined);
      if (errors.length > 0) throw new Error(`The page reported errors:\n${errors.join("\n")}`);
    },
    { auto: true },
  ],
});

export { expect } from "@playwright/test";
