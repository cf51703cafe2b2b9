import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import type { LogLine, ServiceBoard } from "../../src/core/dashboard.ts";
import { openBrowser } from "./browser.ts";
import { logLines } from "./dashboard-answers.ts";
import { oneService } from "./dashboard-worlds.ts";
import type { FakeWorld } from "./dashboard-fake.ts";
import { openTab, showDashboard } from "./dashboard-page.ts";

/*
 * What a program, a compiler or a file name may contain, and how much of it.
 */

const html = `<img src=x onerror="document.title='hacked'"><script>document.title='hacked'</script>`;
const quotes = `"'\`><b>&amp;`;
const turned = "\u{202e}gpj.exe";
const evil = `${html}${quotes}`;

test("the dashboard and what comes from outside", { concurrency: 2 }, async (t) => {
  const browser = await openBrowser(t);

  await t.test("hostile text is shown as text, wherever it stands", async (t) => {
    const { page } = await showDashboard(t, browser, hostileWorld());
    await page.getByText(`undefined: ${evil}`).first().waitFor();
    await page.getByText(`~ ${evil}`).first().waitFor();
    for (const name of ["Logs", "Tests", "Packages", "Builds", "gust", "Overview"]) {
      await openTab(page, name);
      await page.locator("#panel", { hasText: /\S/ }).waitFor();
      await nothingCame(page);
    }
  });

  await t.test("log lines are text, in the colours of their program at most", async (t) => {
    const { page } = await showDashboard(t, browser, hostileWorld());
    await openTab(page, "Logs");
    const texts = page.locator(".log-text");
    await texts.last().waitFor();
    assert.deepEqual(await texts.allTextContents(), [
      evil,
      "red and plain",
      "link",
      "�gpj.exe",
      "שלום עולם",
      "␀␇",
    ]);
    assert.equal(await page.locator(".log-text .ansi-31").innerText(), "red");
    await nothingCame(page);
  });

  await t.test("of ten thousand lines few are drawn, and all are searched", async (t) => {
    const lines = logLines(0, 10_000);
    const world = { ...oneWorld, logs: [{ service: "", lines }] };
    const { page, fake } = await showDashboard(t, browser, world);
    await openTab(page, "Logs");
    await page.getByText("10,000 lines").waitFor();
    assert.equal(await page.locator(".log-line").count(), 400);
    // The newest is what one sees.
    await page.getByText("request=9998").waitFor();
    const box = page.locator(".log-lines");
    assert.ok(await isAtEnd(page));
    fake.tell("log", { service: "", lines: logLines(10_000, 50) });
    await page.getByText("request=10049").waitFor();
    assert.ok(await isAtEnd(page));
    // Whoever scrolls up reads on undisturbed.
    await box.hover();
    await page.mouse.wheel(0, -400);
    await page.getByRole("button", { name: "Follow", exact: true }).waitFor();
    fake.tell("log", { service: "", lines: logLines(10_050, 70) });
    const follow = page.getByRole("button", { name: "70 new lines: follow" });
    await follow.waitFor();
    assert.equal(await page.getByText("request=10119").count(), 0);
    await page.getByRole("button", { name: /Show 400 earlier lines of/ }).click();
    assert.equal(await page.locator(".log-line").count(), 800);
    await follow.click();
    await page.getByText("request=10119").waitFor();
    await page.getByLabel("Search").fill("request=4242");
    await page.getByText("1 of 10,000 lines").waitFor();
    await page.getByLabel("Search").fill("");
    await page.getByLabel("Level").selectOption("errors");
    await page.getByText(/^435 of 10,000 lines/).waitFor();
    await page.getByLabel("Build").selectOption("#58");
    await page.getByText(/^218 of 10,000 lines|^217 of 10,000 lines/).waitFor();
    await page.getByLabel("Search").fill("nowhere");
    await page.getByText("No line matches.").waitFor();
  });

  await t.test("a storm of news leaves the page usable", async (t) => {
    const { page, fake } = await showDashboard(t, browser, oneWorld);
    await openTab(page, "Logs");
    for (let index = 0; index < 200; index += 1) {
      fake.tell("log", { service: "", lines: logLines(index * 100, 100) });
    }
    await page.keyboard.press("5");
    await page.getByRole("heading", { name: "Good builds" }).waitFor();
    await openTab(page, "Logs");
    await page.getByText("request=19999").waitFor();
    await page.getByText("10,000 lines").waitFor();
  });

  await t.test(
    "the token is kept out of the address, and sent with all that is asked",
    async (t) => {
      const { page, fake } = await showDashboard(t, browser, oneWorld);
      assert.ok(!page.url().includes(fake.token));
      await page.reload();
      await page.locator(".service-head").waitFor();
      assert.equal(await page.evaluate(() => localStorage.getItem("gust-token")), null);
    },
  );

  await t.test("without the token nothing is told but where to get it", async (t) => {
    const { page, fake } = await showDashboard(t, browser, oneWorld, { expected: "403" });
    await page.evaluate(() => sessionStorage.clear());
    await page.reload();
    await page.getByText("gust ui").waitFor();
    await page.getByText("not let in").waitFor();
    assert.equal(await page.locator(".service-head").count(), 0);
    // The right address in the same tab is enough.
    await page.evaluate((token) => (location.hash = `token=${token}`), fake.token);
    await page.locator(".service-head").waitFor();
    assert.ok(!page.url().includes(fake.token));
  });

  await t.test("what is not there yet says what to do", async (t) => {
    const { page } = await showDashboard(t, browser, {
      dashboard: emptyWorld(),
      graph: { packages: [] },
    });
    await page.locator(".standing", { hasText: "nothing runs" }).waitFor();
    await page.getByText("No save yet. Change a Go file and save it").waitFor();
    const words = {
      Logs: "has written nothing",
      Tests: "Tests are off",
      Packages: "No packages are known",
      Builds: "No build is kept",
    };
    for (const [name, text] of Object.entries(words)) {
      await openTab(page, name);
      await page.getByText(text).waitFor();
    }
  });
});

const oneWorld: FakeWorld = { dashboard: oneService() };

function emptyWorld(): FakeWorld["dashboard"] {
  const dashboard = oneService();
  const [board] = dashboard.services;
  assert.ok(board !== undefined);
  const state = { ...board.state, newest: 0, live: false, serving: null, failed: null, swap: null };
  const nothing = {
    failure: null,
    saves: [],
    builds: [],
    tests: null,
    drain: null,
    liveSince: null,
  };
  return { ...dashboard, services: [{ ...board, state, ...nothing }] };
}

/** The same world, in which everything is called by evil names. */
function hostileWorld(): FakeWorld {
  const dashboard = oneService();
  const services = dashboard.services.map(hostileBoard);
  const about = { ...dashboard.about, root: `/${evil}`, environment: evil, gust: evil };
  const path = `example.com/${evil}`;
  return {
    dashboard: { ...dashboard, about, services },
    logs: [{ service: evil, lines: hostileLines() }],
    graph: { packages: [{ path, dir: evil, imports: [path], files: 1, rebuilds: [path] }] },
  };
}

function hostileBoard(board: ServiceBoard): ServiceBoard {
  const place = { file: `/${evil}`, name: evil, line: 1, column: 1, message: `undefined: ${evil}` };
  const failure = {
    code: "BUILD_FAILED" as const,
    message: evil,
    seen: [evil, turned],
    hint: evil,
    fix: [evil],
    places: [{ ...place, own: true, frame: [`> 1 | ${evil}`] }],
  };
  const edits = [{ edit: "changed" as const, name: evil }];
  const file = { path: `/${evil}`, kind: "go" as const, change: "modified" as const, edits };
  const cause = { type: "files" as const, files: [file], count: 1 };
  const report = board.tests?.report;
  assert.ok(report != null);
  const result = {
    package: evil,
    name: evil,
    outcome: "failed" as const,
    durationMs: 1,
    failure: {
      message: evil,
      place: { file: evil, line: 1 },
      difference: { want: evil, got: html },
      output: evil,
    },
  };
  const broken = [{ package: evil, built: false, output: evil }];
  return {
    ...board,
    name: evil,
    main: evil,
    failure,
    saves: board.saves.map((save) => ({ ...save, cause, route: evil, failure })),
    tests: { running: null, generation: 1, report: { ...report, results: [result], broken } },
  };
}

function hostileLines(): readonly LogLine[] {
  const texts = [
    evil,
    "\u{1b}[31mred\u{1b}[0m and plain",
    "\u{1b}]8;;javascript:alert(1)\u{7}link\u{1b}]8;;\u{7}",
    turned,
    "שלום עולם",
    "\u{0}\u{7}",
  ];
  return texts.map((text, id) => ({
    id,
    at: id,
    generation: 1,
    stream: "stdout",
    level: null,
    text,
  }));
}

async function nothingCame(page: Page): Promise<void> {
  assert.equal(await page.locator("#app img, #app script, #app b").count(), 0);
  assert.ok(!(await page.title()).includes("hacked"));
}

async function isAtEnd(page: Page): Promise<boolean> {
  return page
    .locator(".log-lines")
    .evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight < 2);
}
