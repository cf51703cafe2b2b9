// Makes docs/pictures/dashboard-*.png: the dashboard of the made-up gust that its tests show, which is
// the same each time. Needs `npm run build` and Chromium.
import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { build } from "esbuild";

const dir = "docs/pictures";
const most = 250_000;
// Beside node_modules, so that what is bundled finds its packages.
const work = mkdtempSync(resolve("build/pictures-"));
const cleanups = [];
try {
  const { FakeDashboard, openBrowser, worlds, answers, saves } = await loadKit();
  const browser = await openBrowser({ after: (clean) => cleanups.push(clean) });
  mkdirSync(dir, { recursive: true });
  const desktop = { width: 1200, height: 820 };
  const logs = [{ service: "", lines: answers.logLines(0, 1000) }];
  const one = { dashboard: worlds.oneService(), logs };
  const good = { dashboard: { ...one.dashboard, services: [worlds.liveBoard("")] }, logs };
  const twenty = { dashboard: worlds.twentyServices() };
  const pictures = [
    { name: "overview", world: good, size: { width: 1200, height: 880 } },
    { name: "failure", world: one, size: { width: 1200, height: 620 } },
    { name: "services", world: twenty, size: desktop, theme: "dark" },
    { name: "logs", world: good, size: { width: 1200, height: 560 }, act: tab("logs") },
    { name: "tests", world: good, size: { width: 1200, height: 620 }, act: tab("tests") },
    { name: "packages", world: good, size: { width: 1200, height: 560 }, act: choosePackage },
    { name: "phone", world: one, size: { width: 360, height: 740 }, theme: "dark" },
  ];
  for (const picture of pictures) {
    const fake = await FakeDashboard.start(picture.world);
    await take(browser, fake, picture, { worlds, saves });
    await fake.stop();
  }
} finally {
  for (const clean of cleanups) await clean();
  rmSync(work, { recursive: true, force: true });
}

/** What the tests use. */
async function loadKit() {
  const outfile = join(work, "kit.mjs");
  await build({
    stdin: {
      contents: `
        export { openBrowser } from "./browser.ts";
        export { FakeDashboard } from "./dashboard-fake.ts";
        export * as worlds from "./dashboard-worlds.ts";
        export * as answers from "./dashboard-answers.ts";
        export * as saves from "./dashboard-saves.ts";`,
      resolveDir: "test/e2e",
      loader: "ts",
    },
    outfile,
    bundle: true,
    packages: "external",
    format: "esm",
    platform: "node",
    logLevel: "warning",
  });
  return import(outfile);
}

async function take(browser, fake, { name, size, theme = "light", act }, { worlds, saves }) {
  const context = await browser.newContext({
    viewport: size,
    colorScheme: theme,
    reducedMotion: "reduce",
    locale: "en-GB",
    timezoneId: "UTC",
  });
  const page = await context.newPage();
  await page.clock.setFixedTime(saves.moment);
  await page.goto(fake.url);
  await page.locator(".service-head").waitFor();
  for (let index = 1; index < 60; index += 1) {
    fake.tell("health", { ...worlds.healthAt(index), at: saves.moment + index });
  }
  await act?.(page);
  const path = `${dir}/dashboard-${name}.png`;
  await page.screenshot({ path, animations: "disabled", caret: "hide" });
  await context.close();
  const { size: bytes } = statSync(path);
  process.stdout.write(`${path}: ${Math.round(bytes / 1000)} kB\n`);
  if (bytes > most) throw new Error(`${path} has more than ${most} bytes`);
}

function tab(name) {
  return async (page) => {
    await page.locator(`#tab-${name}`).click();
    await page.locator(`.panel-${name}`).waitFor();
  };
}

async function choosePackage(page) {
  await page.locator("#tab-packages").click();
  await page.locator(".graph button", { hasText: "model" }).click();
  await page.locator(".neighbours").waitFor();
}
