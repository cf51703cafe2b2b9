import assert from "node:assert/strict";
import { test } from "node:test";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { openBrowser } from "./browser.ts";
import { logLines } from "./dashboard-answers.ts";
import { oneService, twentyServices } from "./dashboard-worlds.ts";
import { FakeDashboard, type FakeWorld } from "./dashboard-fake.ts";
import { openTab, showDashboard } from "./dashboard-page.ts";

/*
 * The dashboard for those who have no mouse, do not see it, or look at it on a phone.
 */

const one: FakeWorld = {
  dashboard: oneService(),
  logs: [{ service: "", lines: logLines(0, 300) }],
};
const twenty: FakeWorld = { dashboard: twentyServices() };
const desktop = { width: 1280, height: 900 };
const phone = { width: 360, height: 740 };
const tabNames = ["Overview", "Logs", "Tests", "Packages", "Builds", "gust"];

test("the dashboard is there for everybody", { concurrency: 2 }, async (t) => {
  const browser = await openBrowser(t);

  for (const colorScheme of ["light", "dark"] as const) {
    for (const viewport of [desktop, phone]) {
      const title = `axe finds nothing in ${colorScheme} at ${viewport.width} pixels`;
      await t.test(title, async (t) => {
        const { page } = await showDashboard(t, browser, one, { colorScheme, viewport });
        for (const name of tabNames) {
          await openTab(page, name);
          await settled(page, name);
          assert.deepEqual(await violations(page), [], name);
        }
        await openTab(page, "Overview");
        await page.getByText("The same as a table").click();
        await page.keyboard.press("?");
        await page.getByRole("dialog", { name: "Shortcuts" }).waitFor();
        assert.deepEqual(await violations(page), []);
      });
    }
  }

  await t.test("axe finds nothing with twenty services, and when gust is gone", async (t) => {
    const { page, fake } = await showDashboard(t, browser, twenty, { expected: "ERR_" });
    assert.deepEqual(await violations(page), []);
    await fake.stop();
    await page.getByText("gust has ended; this is how it was last.").waitFor();
    assert.deepEqual(await violations(page), []);
  });

  await t.test("nothing is wider than a phone", async (t) => {
    for (const world of [one, twenty]) {
      const { page } = await showDashboard(t, browser, world, { viewport: phone });
      for (const name of tabNames) {
        await openTab(page, name);
        await settled(page, name);
        const width = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(width <= phone.width, `${name}: ${width}`);
      }
    }
  });

  await t.test("no word is too long for the page", async (t) => {
    for (const viewport of [desktop, phone]) {
      const { page } = await showDashboard(t, browser, wordyWorld(), { viewport });
      for (const name of tabNames) {
        await openTab(page, name);
        await settled(page, name);
        const width = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(width <= viewport.width, `${name} at ${viewport.width}: ${width}`);
      }
    }
  });

  await t.test("in the colours of the system everything is still told apart", async (t) => {
    const { page } = await showDashboard(t, browser, one, { forcedColors: "active" });
    // Its own theme must not draw dark on black there.
    await page.getByRole("button", { name: "Theme" }).click();
    const [text, axis, swatches, tabs] = await Promise.all([
      styleOf(page, "body", "color"),
      styleOf(page, ".chart-axis text", "fill"),
      styleOf(page, ".swatch", "background-color"),
      styleOf(page, "[role=tab]", "border-bottom-color"),
    ]);
    assert.deepEqual(new Set(axis), new Set(text));
    assert.ok(new Set(swatches).size > 5, swatches.join(" "));
    const [selected, ...others] = tabs;
    assert.ok(selected !== undefined && !others.includes(selected), tabs.join(" "));
  });

  await t.test("everything can be done by keys alone", async (t) => {
    const { page, fake } = await showDashboard(t, browser, one);
    await page.keyboard.press("Tab");
    assert.equal(await focused(page), "Skip to the panel");
    await page.keyboard.press("Enter");
    assert.match(await focused(page), /^Overview/);
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    assert.match(await focused(page), /^Tests/);
    await tabTo(page, /^Run the failed ones/);
    await page.keyboard.press("Enter");
    await page.getByText("The failed tests run now.").waitFor();
    await page.keyboard.press("5");
    await page.getByRole("tab", { name: "Builds", selected: true }).waitFor();
    await tabTo(page, /^Roll back to #58/);
    await page.keyboard.press("Space");
    await page.getByRole("dialog", { name: "Go back to #58?" }).waitFor();
    await tabTo(page, /^Roll back$/);
    await page.keyboard.press("Enter");
    await page.getByText("Going back to #58.").waitFor();
    await page.keyboard.press("1");
    await tabTo(page, /^api\/entries\.go:42:18/);
    await page.keyboard.press("Enter");
    await page.getByText("Opened entries.go:42").waitFor();
    assert.deepEqual(
      fake.actions.map(({ type }) => type),
      ["tests", "rollback", "open"],
    );
    await page.keyboard.press("/");
    await page.keyboard.type("slow query");
    await page.getByText(/13 of 300 lines/).waitFor();
  });

  await t.test("what has the focus can be seen", async (t) => {
    const { page } = await showDashboard(t, browser, one);
    for (let index = 0; index < 12; index += 1) {
      await page.keyboard.press("Tab");
      const seen = await page.evaluate(() => {
        const element = document.activeElement;
        if (element === null) return "nothing";
        const { outlineStyle } = getComputedStyle(element);
        const back = element.querySelector(".bar-back");
        const stroke = back === null ? "none" : getComputedStyle(back).stroke;
        return outlineStyle !== "none" || stroke !== "none" ? "" : element.outerHTML;
      });
      assert.equal(seen, "");
    }
  });

  await t.test("shortcuts can be turned off, and stay off", async (t) => {
    const { page } = await showDashboard(t, browser, one);
    await page.keyboard.press("?");
    await page.getByLabel("Shortcuts work").uncheck();
    await page.getByRole("button", { name: "Close" }).click();
    await page.keyboard.press("2");
    await page.reload();
    await page.locator(".service-head").waitFor();
    await page.keyboard.press("2");
    await page.getByRole("tab", { name: "Overview", selected: true }).waitFor();
  });

  await t.test("the theme follows the system until one is chosen, which stays", async (t) => {
    const { page } = await showDashboard(t, browser, one, { colorScheme: "dark" });
    const back = (): Promise<string> =>
      page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const dark = await back();
    await page.emulateMedia({ colorScheme: "light" });
    await page.waitForFunction(
      (before) => getComputedStyle(document.body).backgroundColor !== before,
      dark,
    );
    await page.getByRole("button", { name: "Theme: as the system" }).click();
    await page.getByRole("button", { name: "Theme: light" }).click();
    assert.equal(await back(), dark);
    await page.reload();
    await page.getByRole("button", { name: "Theme: dark" }).waitFor();
    assert.equal(await back(), dark);
  });

  await t.test("nothing moves for whoever asked for that", async (t) => {
    const world = { dashboard: building() };
    const { page } = await showDashboard(t, browser, world);
    const moves = (): Promise<string> =>
      page.locator(".spinner").evaluate((element) => getComputedStyle(element).animationName);
    assert.equal(await moves(), "none");
    await page.emulateMedia({ reducedMotion: "no-preference" });
    assert.equal(await moves(), "turn");
  });

  await t.test("it comes back when gust does, and says meanwhile that it is gone", async (t) => {
    const { page, fake } = await showDashboard(t, browser, one, { expected: "ERR_" });
    const { port } = fake;
    await page.getByText("connected").waitFor();
    await fake.stop();
    await page.getByRole("status").getByText("gust has ended").waitFor();
    await page.getByText("this is how it was last").waitFor();
    // Neither does the title of the tab claim to know.
    await page.waitForFunction(() => document.title === "✕ gust has ended");
    const again = await FakeDashboard.start(twenty, port);
    t.after(() => again.stop());
    await page.getByRole("navigation", { name: "Services" }).waitFor();
    await page.getByText("connected").waitFor();
    await page.getByText("this is how it was last").waitFor({ state: "detached" });
    await page.waitForFunction(() => !document.title.includes("gust has ended"));
  });
});

function building(): FakeWorld["dashboard"] {
  const dashboard = oneService();
  const services = dashboard.services.map((board) => ({
    ...board,
    failure: null,
    state: { ...board.state, activity: "building" },
    activeSince: dashboard.health.at,
  }));
  return { ...dashboard, services };
}

/** Waits for what a panel has to fetch. */
async function settled(page: Page, name: string): Promise<void> {
  if (name === "Packages") await page.locator(".graph, .empty").first().waitFor();
}

async function focused(page: Page): Promise<string> {
  return page.evaluate(() => document.activeElement?.textContent ?? "");
}

/** Presses Tab until what has the focus has this text. */
async function tabTo(page: Page, wanted: RegExp): Promise<void> {
  const seen: string[] = [];
  for (let index = 0; index < 60; index += 1) {
    await page.keyboard.press("Tab");
    const text = await focused(page);
    if (wanted.test(text)) return;
    seen.push(text.slice(0, 40));
  }
  assert.fail(`not reached: ${String(wanted)} by way of ${seen.join(" | ")}`);
}

/** Serious things that axe finds, in words. */
async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const result = await page.evaluate(() =>
    window.axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"] }),
  );
  return result.violations
    .filter(({ impact }) => impact === "serious" || impact === "critical" || impact === "moderate")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 150)).join(" | ")}`);
}

declare global {
  interface Window {
    axe: typeof axe;
  }
}

const styleOf = (page: Page, selector: string, property: string): Promise<readonly string[]> =>
  page
    .locator(selector)
    .evaluateAll(
      (elements, property) =>
        elements.map((element) => getComputedStyle(element).getPropertyValue(property)),
      property,
    );

/** Everything is called by one word without end. */
function wordyWorld(): FakeWorld {
  const word = "averylongname".repeat(40);
  const place = { file: `/${word}.go`, name: `${word}.go`, line: 9, column: 9, message: word };
  const failure = {
    code: "BUILD_FAILED" as const,
    message: word,
    seen: [word],
    hint: word,
    fix: [word],
    places: [{ ...place, own: true, frame: [`> 1 | ${word}`] }],
  };
  const { about, services, health } = twentyServices();
  const named = services.map((board, index) => ({ ...board, name: `${index}${word}`, main: word }));
  return {
    dashboard: {
      about: { ...about, root: `/${word}`, environment: word, gust: word },
      services: named.map((board, index) => (index === 0 ? { ...board, failure } : board)),
      health: { ...health, watchMode: word },
    },
    graph: {
      packages: [{ path: word, dir: word, imports: [], files: 1, rebuilds: [word] }],
    },
  };
}
