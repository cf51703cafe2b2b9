import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { openBrowser } from "./browser.ts";
import { graphOf, logLines } from "./dashboard-answers.ts";
import {
  goodBoard,
  healthAt,
  oneService,
  serviceNames,
  twentyServices,
} from "./dashboard-worlds.ts";
import type { FakeWorld } from "./dashboard-fake.ts";
import { openTab, showDashboard } from "./dashboard-page.ts";

const one: FakeWorld = {
  dashboard: oneService(),
  logs: [{ service: "", lines: logLines(0, 300) }],
};

test("the dashboard", { concurrency: 2 }, async (t) => {
  const browser = await openBrowser(t);

  await t.test("tells what is live, and why the newest is not", async (t) => {
    const { page } = await showDashboard(t, browser, one);
    await page.getByText("#60 is not live; #59 serves on for 3 min").waitFor();
    assert.equal(await page.getByRole("heading", { level: 1 }).innerText(), "guestbook dev");
    await page.getByRole("link", { name: "http://127.0.0.1:8080" }).waitFor();
    const failure = page.getByRole("region", { name: "#60 is not live: api does not compile" });
    assert.match(await failure.innerText(), /api\/entries\.go:42:18.*undefined: parseLimits/s);
    assert.match(await failure.locator(".frame-here").first().innerText(), /> 42 \|.*parseLimits/);
    assert.match(await failure.innerText(), /missing in go\.mod/);
    await page.waitForFunction(() => document.title.startsWith("✕ #60 is not live"));
  });

  await t.test("follows what happens", async (t) => {
    const { page, fake } = await showDashboard(t, browser, one);
    await page.locator(".failure").waitFor();
    const good = goodBoard("");
    fake.tell("service", {
      ...good,
      state: { ...good.state, newest: 61, live: false, activity: "building" },
      activeSince: Date.now(),
    });
    await page.locator(".failure").waitFor({ state: "detached" });
    await page.locator(".standing", { hasText: "#61 is being built; #40 serves on" }).waitFor();
    fake.tell("service", good);
    await page.locator(".standing", { hasText: "#40 is live" }).waitFor();
    // What is read to those who do not see it.
    await page
      .locator("p.sr[role=status]", { hasText: "#40 is live" })
      .waitFor({ state: "attached" });
    const [save] = good.saves;
    assert.ok(save !== undefined);
    fake.tell("save", { service: "", save: { ...save, generation: 41, totalMs: 12_345 } });
    await page.getByRole("option", { name: "#41 live after 12 s" }).waitFor();
  });

  await t.test("shows each save as a bar, with details for mouse and keyboard", async (t) => {
    const { page } = await showDashboard(t, browser, one);
    const bars = page.getByRole("listbox", { name: "Saves" }).getByRole("option");
    assert.equal(await bars.count(), 60);
    await bars.nth(49).hover();
    const tip = page.locator(".tip");
    assert.match(await tip.innerText(), /#50 live.*compile \d+ ms.*link \d+ ms.*start \d+ ms/s);
    await page.locator("h2").first().hover();
    await tip.waitFor({ state: "detached" });
    await bars.last().focus();
    await page.keyboard.press("ArrowLeft");
    await page.getByRole("heading", { name: "Save #59" }).waitFor();
    assert.match(await tip.innerText(), /#59/);
    await page.keyboard.press("Escape");
    await tip.waitFor({ state: "detached" });
    await page.keyboard.press("Home");
    await page.getByRole("heading", { name: "Save #1 " }).waitFor();
    await page.keyboard.press("End");
    await page.getByRole("heading", { name: "Save #60" }).waitFor();
    const changed = page.locator(".changes");
    for (const words of ["~ (*API).Create", "+ parseLimit", "− oldHelper", "store/entry.go"]) {
      assert.ok((await changed.innerText()).includes(words), words);
    }
    await page.getByText("The same as a table").click();
    const rows = page.getByRole("group", { name: "Saves, the newest first" }).getByRole("row");
    await rows.nth(60).waitFor();
    assert.equal(await rows.count(), 61);
    const legend = await page.getByRole("list", { name: "Phases" }).innerText();
    for (const phase of [
      "watch",
      "classify",
      "rules",
      "plan",
      "compile",
      "link",
      "start",
      "swap",
    ]) {
      assert.ok(legend.includes(phase), phase);
    }
  });

  await t.test("tells what became of the version before", async (t) => {
    const { page } = await showDashboard(t, browser, one);
    const card = page.locator(".card", { hasText: "The version before" });
    assert.match(await card.innerText(), /#58 ended in 412 ms.*12 connections went on/s);
    assert.match(
      await card.getByRole("table").innerText(),
      /3\s+.*\(\*Hub\)\.run\s+feed\/hub\.go:41/,
    );
  });

  await t.test("shows tests, the failed ones first", async (t) => {
    const { page, fake } = await showDashboard(t, browser, one);
    await openTab(page, "Tests 1 failed");
    const rows = page.getByRole("group", { name: "Results" }).getByRole("row");
    assert.match(await rows.nth(1).innerText(), /failed\s+TestPage\/last\s+store\s+12 ms/);
    assert.match(await rows.nth(2).innerText(), /want\s*\[ana bob cleo\]\s*got\s*\[ana bob\]/);
    assert.equal(await page.locator(".want mark").innerText(), " cleo");
    await page.getByRole("row", { name: "example.com/guestbook/api 83.1 % 118 of 142" }).waitFor();
    await page.getByRole("button", { name: "Run the failed ones" }).click();
    await page.getByRole("button", { name: "Run all" }).click();
    await page.getByText("All tests run now.").waitFor();
    const service = "";
    assert.deepEqual(fake.actions, [
      { type: "tests", service, what: "failed" },
      { type: "tests", service, what: "all" },
    ]);
  });

  await t.test("shows what a save in a package would compile", async (t) => {
    const { page } = await showDashboard(t, browser, one);
    await openTab(page, "Packages");
    await page.getByRole("button", { name: "model" }).click();
    await page
      .getByText("A save in example.com/guestbook/model compiles 6 packages of 10.")
      .waitFor();
    assert.equal(await page.getByRole("button", { name: "would be compiled" }).count(), 6);
    await page.getByRole("button", { name: "internal/slug is imported" }).waitFor();
    await page.keyboard.press("ArrowRight");
    assert.match(await page.locator(":focus").innerText(), /^(feed|store|web)/);
    await page.getByRole("searchbox", { name: "Find" }).fill("mail");
    assert.equal(await page.locator(".graph .missed").count(), 9);
  });

  await t.test("shows two hundred packages", async (t) => {
    const { page } = await showDashboard(t, browser, { ...one, graph: graphOf(200) });
    await openTab(page, "Packages");
    await page.getByRole("button", { name: "pkg20", exact: true }).click();
    await page.getByText(/compiles \d+ packages of 200/).waitFor();
    assert.equal(await page.locator(".graph button").count(), 200);
    await page.locator(".edges path").first().waitFor({ state: "attached" });
  });

  await t.test("goes back to an earlier build, but asks before", async (t) => {
    const { page, fake } = await showDashboard(t, browser, one);
    await openTab(page, "Builds");
    const back = page.getByRole("button", { name: "Roll back to #58" });
    await back.click();
    const dialog = page.getByRole("dialog", { name: "Go back to #58?" });
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await dialog.waitFor({ state: "hidden" });
    await back.click();
    await dialog.waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    assert.deepEqual(fake.actions, []);
    await back.click();
    await dialog.getByRole("button", { name: "Roll back" }).click();
    await page.getByText("Going back to #58.").waitFor();
    assert.deepEqual(fake.actions, [{ type: "rollback", service: "", to: 58 }]);
  });

  await t.test("compares two builds", async (t) => {
    const { page } = await showDashboard(t, browser, one);
    await openTab(page, "Builds");
    await page.getByLabel("From").selectOption("#55");
    await page.getByRole("button", { name: "Compare" }).click();
    await page.getByText(/#55 has 9\.4 MB, #59 has 9\.4 MB: \+3\.7 kB/).waitFor();
    const packages = page.getByRole("group", { name: "Packages that differ" });
    assert.match(
      await packages.innerText(),
      /golang\.org\/x\/time\/rate\s+new\s+6\.2 kB\s+\+6\.2 kB/,
    );
    const symbols = page.getByRole("group", { name: "Symbols that differ" });
    assert.match(await symbols.innerText(), /api\.oldHelper\s+640 B\s+gone\s+−640 B/);
  });

  await t.test("compares what is kept, while builds come and go", async (t) => {
    const { page, fake } = await showDashboard(t, browser, one);
    await openTab(page, "Builds");
    await page.getByLabel("From").selectOption("#55");
    const [board] = one.dashboard.services;
    assert.ok(board !== undefined);
    const builds = board.builds.filter(({ generation }) => generation !== 55);
    fake.tell("service", { ...board, builds });
    await page.getByRole("button", { name: "Roll back to #55" }).waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Compare" }).click();
    await page.getByText(/#58 has 9\.4 MB, #59 has 9\.4 MB/).waitFor();
  });

  await t.test("shows how gust itself is", async (t) => {
    const { page, fake } = await showDashboard(t, browser, one);
    await openTab(page, "gust");
    fake.tell("health", { ...healthAt(1), residentBytes: 88_000_000, watchedDirs: 1234 });
    await page.getByRole("region", { name: "Memory" }).getByText("88.0 MB").waitFor();
    await page.getByRole("region", { name: "Watches" }).getByText("1,234 directories").waitFor();
    await page.getByRole("img", { name: "CPU over the last minutes" }).waitFor();
    await page.getByRole("region", { name: "Event loop" }).waitFor();
  });

  await t.test("opens a place in the editor, runs a fix, and tells what was refused", async (t) => {
    const hint = "set editor.command";
    const { page, fake } = await showDashboard(
      t,
      browser,
      {
        ...one,
        refusal: ({ type }) =>
          type === "fix" ? { code: "NOTHING_TO_FIX", message: "nothing is wrong", hint } : null,
      },
      { expected: "409" },
    );
    await page.getByRole("button", { name: "api/entries.go:42:18" }).click();
    await page.getByText("Opened entries.go:42 in your editor.").waitFor();
    await page.getByRole("button", { name: "Run go get golang.org/x/time/rate" }).click();
    await page.getByText("Nothing is wrong. Set editor.command.").waitFor();
    await page.getByRole("button", { name: "Dismiss" }).click();
    await page.getByText("Nothing is wrong.").waitFor({ state: "detached" });
    const file = "/home/ana/guestbook/api/entries.go";
    assert.deepEqual(fake.actions, [
      { type: "open", file, line: 42, column: 18 },
      { type: "fix", service: "" },
    ]);
  });

  await t.test("shows twenty services", async (t) => {
    const { page, fake } = await showDashboard(t, browser, { dashboard: twentyServices() });
    const list = page.getByRole("navigation", { name: "Services" });
    assert.equal(await list.getByRole("link").count(), 20);
    await list.getByText("1 not live, 1 waiting, 18 live").waitFor();
    await list.getByRole("link", { name: "delivery" }).click();
    await page.getByRole("button", { name: "Make #40 live" }).click();
    await page.getByText("The swap begins.").waitFor();
    assert.deepEqual(fake.actions, [{ type: "swap", service: "delivery" }]);
    assert.equal(new URL(page.url()).hash, "#tab=overview&service=delivery");
    await page.reload();
    await page.getByRole("heading", { level: 2, name: "delivery" }).waitFor();
    const { length } = serviceNames;
    for (let index = 0; index < 10 * length; index += 1) {
      const name = serviceNames[index % length] ?? "";
      fake.tell("service", goodBoard(name));
    }
    await list.getByText("20 live").waitFor();
  });

  await t.test("is less than 60 kB in all", () => {
    const dir = "dist/browser";
    const files = readdirSync(dir).filter((name) => name.startsWith("dashboard."));
    assert.deepEqual(files, ["dashboard.css", "dashboard.html", "dashboard.js"]);
    const sizes = files.map((name) => gzipSync(readFileSync(join(dir, name))).length);
    const sum = sizes.reduce((all, size) => all + size, 0);
    assert.ok(sum < 60_000, `${sum} bytes`);
  });
});
