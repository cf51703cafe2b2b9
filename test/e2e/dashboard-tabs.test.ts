import assert from "node:assert/strict";
import { test } from "node:test";
import type { BrowserContext, Page } from "playwright-core";
import { openBrowser, openPage } from "./browser.ts";
import { FakeDashboard } from "./dashboard-fake.ts";
import { oneService } from "./dashboard-worlds.ts";

/*
 * Many tabs of one browser, which has six connections to one origin.
 */

/** Without a window, Chromium shows all pages at once: these are told when they are hidden. */
async function letHide(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    Object.defineProperty(document, "visibilityState", {
      get: () => (sessionStorage.getItem("hidden") === null ? "visible" : "hidden"),
    });
  });
}

async function setHidden(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate((hidden) => {
    if (hidden) sessionStorage.setItem("hidden", "");
    else sessionStorage.removeItem("hidden");
    document.dispatchEvent(new Event("visibilitychange"));
  }, hidden);
}

test("twenty tabs of the dashboard get on with six connections", async (t) => {
  const fake = await FakeDashboard.start({ dashboard: oneService() });
  t.after(() => fake.stop());
  const { context, page } = await openPage(await openBrowser(t));
  await letHide(context);
  const pages = [page];
  while (pages.length < 20) {
    const before = pages.at(-1) ?? page;
    await before.goto(fake.url);
    await before.locator(".connection-open").waitFor();
    await setHidden(before, true);
    if (pages.length > 2) await before.locator(".connection-resting").waitFor();
    pages.push(await context.newPage());
  }
  const last = pages.at(-1) ?? page;
  await last.goto(fake.url);
  await last.locator(".connection-open").waitFor();
  assert.equal(fake.followers, 3);
  // Those that follow without being seen have a title that is true; others claim nothing.
  assert.notEqual(await page.title(), "gust");
  assert.equal(await (pages[5] ?? page).title(), "gust");
  await setHidden(last, true);
  const again = pages[5] ?? page;
  await setHidden(again, false);
  await again.locator(".connection-open").waitFor();
  await again.waitForFunction((title) => document.title === title, await page.title());
  // A page that follows no more leaves its place to another one.
  await setHidden(page, false);
  await setHidden(again, true);
  await page.getByRole("tab", { name: "Builds" }).click();
  await page
    .getByRole("button", { name: /^Roll back to #/ })
    .first()
    .click();
  await page.getByRole("dialog").getByRole("button", { name: "Roll back" }).click();
  await page.getByText(/^Going back to/).waitFor();
  assert.equal(await again.locator(".connection-open").count(), 1);
});
