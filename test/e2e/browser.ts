import { existsSync } from "node:fs";
import { type Browser, type BrowserContext, type Page, chromium } from "playwright-core";
import { PATIENCE_MS } from "./events.ts";
import type { Afterwards } from "../world/temp-module.ts";

/** Where Debian's package has it, and others. */
const places = [
  process.env["GUST_CHROMIUM"] ?? "",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** No test needs anything but pages of this machine. */
const quiet = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** A real Chromium, without a window. Fails where none is installed, as `npm test` installs it. */
export async function openBrowser(t: Afterwards, more: readonly string[] = []): Promise<Browser> {
  const executablePath = places.find((place) => place !== "" && existsSync(place));
  if (executablePath === undefined) {
    throw new Error("Chromium is missing: install the package chromium, or set GUST_CHROMIUM");
  }
  const browser = await chromium.launch({
    executablePath,
    headless: true,
    args: [...quiet, ...more],
    // Browsers of people keep pages that were left, and show them again as they were.
    ignoreDefaultArgs: ["--disable-back-forward-cache"],
  });
  t.after(() => browser.close());
  return browser;
}

/** A page of a visitor of its own: no cookies, no cache, no workers of others. */
export async function openPage(
  browser: Browser,
  options: Parameters<Browser["newContext"]>[0] = {},
): Promise<{ readonly page: Page; readonly context: BrowserContext }> {
  const context = await browser.newContext(options);
  // Builds take a while on a machine that does other things as well.
  context.setDefaultTimeout(PATIENCE_MS);
  return { page: await context.newPage(), context };
}
