import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { openPage } from "./browser.ts";
import { PATIENCE_MS } from "./events.ts";
import { FakeDashboard, type FakeWorld } from "./dashboard-fake.ts";

/** The dashboard of a made-up gust in a page of its own. */
export interface Shown {
  readonly page: Page;
  readonly fake: FakeDashboard;
  /** Whatever the page has complained of, or asked for elsewhere, up to now. */
  readonly complaints: readonly string[];
}

export interface ShowOptions extends BrowserContextOptions {
  /** What the page is expected to complain of: a part of the text. */
  readonly expected?: string;
}

/**
 * Opens it. When the test is over, the page must have complained of nothing: no error, no violation
 * of the policy, no request to another place.
 */
export async function showDashboard(
  t: TestContext,
  browser: Browser,
  world: FakeWorld,
  { expected, ...options }: ShowOptions = {},
): Promise<Shown> {
  const fake = await FakeDashboard.start(world);
  const { page, context } = await openPage(browser, { reducedMotion: "reduce", ...options });
  page.setDefaultTimeout(PATIENCE_MS);
  const complaints: string[] = [];
  const origin = new URL(fake.url).origin;
  page.on("pageerror", ({ message }) => complaints.push(message));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  context.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(`${origin}/`) && !url.startsWith("data:")) complaints.push(`asks ${url}`);
  });
  t.after(async () => {
    const rest = complaints.filter((one) => expected === undefined || !one.includes(expected));
    // Whatever the page says of the end of its gust is no complaint.
    await context.close();
    await fake.stop();
    assert.deepEqual(rest, []);
  });
  await page.goto(fake.url);
  await page.locator(".service-head").waitFor();
  return { page, fake, complaints };
}

/** Goes to a panel with the mouse. */
export async function openTab(page: Page, name: string): Promise<void> {
  await page.getByRole("tab", { name }).click();
}
