import assert from "node:assert/strict";
import { after, before } from "node:test";
import type { Browser, BrowserContext, Page } from "playwright-core";
import type { ShownFailure } from "../../src/core/shown-failure.ts";
import { openBrowser, openPage } from "./browser.ts";
import type { PageFake } from "./page-fake.ts";

/** One browser for all tests of a file. */
export function fileBrowser(): () => Browser {
  let browser: Browser | null = null;
  const cleaning: (() => Promise<void>)[] = [];
  before(async () => {
    browser = await openBrowser({ after: (clean) => cleaning.push(clean) });
  });
  after(async () => {
    for (const clean of cleaning) await clean();
  });
  return () => browser ?? assert.fail("the browser is not open yet");
}

/** A visitor's page that has heard from gust, and errors of which fail the test. */
export async function visit(
  browser: Browser,
  fake: PageFake,
  path = "/",
): Promise<{ readonly page: Page; readonly context: BrowserContext; readonly errors: string[] }> {
  const { page, context } = await openPage(browser);
  await openShadows(context);
  const errors: string[] = [];
  page.on("pageerror", ({ message }) => errors.push(message));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  await page.goto(fake.url(path));
  await fake.until(() => fake.streams.size > 0);
  await mark(page);
  return { page, context, errors };
}

/** Locators look into open shadow roots only, and ours is closed. */
export async function openShadows(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const attach = Object.getOwnPropertyDescriptor(Element.prototype, "attachShadow")?.value;
    Element.prototype.attachShadow = function attachOpen(init) {
      return Reflect.apply(attach, this, [{ ...init, mode: "open" }]);
    };
  });
}

/**
 * Waits until the only page has heard from gust after this load of it, the first of which is 1: the
 * connection of the load before may live on for a moment, and what is told to that one is lost.
 */
export async function heardIn(fake: PageFake, load: number): Promise<void> {
  await fake.until(() => fake.count("/__gust/events") >= load && fake.streams.size === 1);
}

/** Marks the document, so that it can be told from one that was loaded later. */
export async function mark(page: Page): Promise<void> {
  await page.evaluate(() => Object.assign(window, { marked: true }));
}

export function isMarked(page: Page): Promise<boolean> {
  return page.evaluate(() => "marked" in window);
}

export const failure: ShownFailure = {
  code: "BUILD_FAILED",
  message: "the build failed",
  seen: [],
  hint: null,
  fix: null,
  places: [
    {
      file: "/app/store/store.go",
      name: "store/store.go",
      line: 4,
      column: 2,
      message: "undefined: Opne",
      own: true,
      frame: ["  3 | func main() {", "> 4 |   Opne()", "    |   ^", "  5 | }"],
    },
  ],
};

/** Lets the page take itself for hidden or not yet activated, as no browser without a window does. */
export async function pretend(
  context: BrowserContext,
  as: { readonly visibility?: "hidden"; readonly prerendering?: boolean },
): Promise<void> {
  await context.addInitScript((as) => {
    const now = { visibility: as.visibility ?? "visible", prerendering: as.prerendering ?? false };
    Object.defineProperty(document, "visibilityState", { get: () => now.visibility });
    Object.defineProperty(document, "prerendering", { get: () => now.prerendering });
    addEventListener("test-shows", () => {
      now.visibility = "visible";
      now.prerendering = false;
      document.dispatchEvent(new Event("prerenderingchange"));
      document.dispatchEvent(new Event("visibilitychange"));
    });
  }, as);
}

export async function show(page: Page): Promise<void> {
  await page.evaluate(() => dispatchEvent(new Event("test-shows")));
}

/** Waits until a style is computed like this. */
export async function styled(
  page: Page,
  selector: string,
  property: string,
  value: string,
): Promise<void> {
  await page.waitForFunction(
    ([selector = "", property = "", value = ""]) => {
      const found = document.querySelector(selector);
      return found !== null && getComputedStyle(found).getPropertyValue(property).includes(value);
    },
    [selector, property, value],
  );
}

export async function titled(page: Page, title: string): Promise<void> {
  await page.waitForFunction((title) => document.title === title, title);
}
