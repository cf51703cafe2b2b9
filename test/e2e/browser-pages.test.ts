import assert from "node:assert/strict";
import { copyFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { openBrowser, openPage } from "./browser.ts";
import { Gust } from "./gust.ts";
import { Project } from "./project.ts";

// Pages of all kinds in a real browser, without a proxy: all are what they are without gust, and all
// load again when a newer version is live.

const linux = { skip: process.platform === "linux" ? false : "gust's files are for Linux" };

const cleaning: (() => Promise<void>)[] = [];
let browser: Browser;
let project: Project;
let gust: Gust;
let saves = 0;

before(async () => {
  const t = { after: (clean: () => Promise<void>) => void cleaning.unshift(clean) };
  browser = await openBrowser(t);
  project = await Project.create(t, "site");
  await copyFile("node_modules/htmx.org/dist/htmx.min.js", project.path("static/htmx.js"));
  await copyFile(
    "node_modules/@hotwired/turbo/dist/turbo.es2017-umd.js",
    project.path("static/turbo.js"),
  );
  gust = await Gust.start(project);
  await gust.next("live");
});

after(async () => {
  for (const clean of cleaning) await clean();
});

const at = (path: string): string => `http://localhost:${gust.port}${path}`;

/** Saves a version with a title of its own, and returns that. */
async function save(): Promise<string> {
  saves += 1;
  const title = `save ${saves}`;
  const source = await project.read("main.go");
  await project.save("main.go", source.replace(/const title = ".*"/, `const title = "${title}"`));
  return title;
}

async function load(path: string): Promise<{ readonly page: Page; readonly errors: string[] }> {
  const { page, context } = await openPage(browser);
  cleaning.unshift(() => context.close());
  const errors: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  page.on("pageerror", (error) => errors.push(String(error)));
  await page.goto(at(path), { waitUntil: "commit" });
  return { page, errors };
}

async function shows(page: Page, selector: string, text: string): Promise<void> {
  try {
    await page.waitForFunction(
      ([where, wanted]) => document.querySelector(where ?? "")?.textContent === wanted,
      [selector, text],
    );
  } catch (error) {
    const seen = await page.locator("body").innerHTML({ timeout: 1000 }).catch(String);
    throw new Error(`${String(error)}\n${seen}\n${gust.log.tail()}`, { cause: error });
  }
}

for (const policy of ["self", "none", "dynamic", "hash"]) {
  test(
    `a page under a strict policy (${policy}) loads again, and forbids what it forbade`,
    linux,
    async () => {
      const { page, errors } = await load(`/policy/${policy}`);
      await page.waitForSelector("h1");
      const title = await save();
      await shows(page, "h1", title);
      // The page's own script runs by its nonce, or by nothing.
      await shows(page, "#own", policy === "hash" ? "no" : "yes");
      // Of what is gust's, nothing is refused.
      assert.deepEqual(
        errors.filter((text) => text.includes("__gust")),
        [],
      );
      const refused = await page.evaluate(async () => {
        try {
          const script = document.createElement("script");
          script.textContent = "document.title = 'injected'";
          document.body.append(script);
        } catch {
          // Trusted types forbid even that.
        }
        return fetch("/json").then(
          () => document.title,
          () => "no connection",
        );
      });
      assert.equal(refused, policy === "self" ? title : "no connection");
    },
  );
}

test(
  "a page that streams shows its begin at once, and loads again while it streams",
  linux,
  async () => {
    const { page } = await load("/stream");
    await page.waitForSelector("#first");
    assert.equal(await page.evaluate(() => document.readyState), "loading");
    const title = await save();
    await shows(page, "title", title);
  },
);

test("frames stay as they are sent, and load again with their page", linux, async () => {
  const { page } = await load("/frames");
  const frame = page.frameLocator("#frame");
  await frame.locator("p").waitFor();
  const title = await save();
  await shows(page, "h1", title);
  await frame.locator("p", { hasText: title }).waitFor();
  const sent = await page.evaluate(async () => (await fetch("/plain?frame")).text());
  assert.equal(sent, `<p>${title}`);
});

test("a page behind a service worker loads again", linux, async () => {
  const { page } = await load("/worker");
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  const title = await save();
  await shows(page, "h1", title);
  assert.ok(await page.evaluate(() => navigator.serviceWorker.controller !== null));
});

test("fragments that a page fetches are what the program sends", linux, async () => {
  const { page } = await load("/fetches");
  await page.waitForSelector("#into[data-text]");
  const title = await save();
  await page.waitForFunction(
    (wanted) => document.querySelector<HTMLElement>("#into")?.dataset["text"] === wanted,
    `<b>${title}</b>`,
  );
});

test(
  "a page with server-sent events of its own hears those of the next version",
  linux,
  async () => {
    const { page } = await load("/listens");
    await page.waitForSelector("#heard:not(:empty)");
    const title = await save();
    await shows(page, "#heard", title);
  },
);

test("compressed pages load again, asked for or not", linux, async () => {
  for (const path of ["/gzip", "/gzip?always"]) {
    const { page } = await load(path);
    await page.waitForSelector("h1");
    const title = await save();
    await shows(page, "h1", title);
  }
});

test("a page of HTMX exchanges its parts as before, and loads again", linux, async () => {
  const { page, errors } = await load("/htmx");
  await page.click("#more");
  await page.waitForSelector("#into b");
  assert.equal(await page.locator("#into script").count(), 0);
  const title = await save();
  await shows(page, "h1", title);
  await page.click("#more");
  await shows(page, "#into b", title);
  // A whole page that HTMX fetches is none that the browser loads.
  await page.click("#boosted");
  await page.waitForURL(/plain/);
  assert.deepEqual(errors, []);
});

test("a page of Turbo goes from page to page as before, and loads again", linux, async () => {
  const { page, errors } = await load("/turbo");
  await page.evaluate(() => {
    document.documentElement.dataset["mark"] = "kept";
  });
  await page.click("#next");
  await page.waitForURL(/turbo\?2/);
  assert.equal(await page.evaluate(() => document.documentElement.dataset["mark"]), "kept");
  const title = await save();
  await shows(page, "h1", title);
  assert.deepEqual(errors, []);
});

test(
  "a page in the browser's cache is asked for again, and comes whole from a newer version",
  linux,
  async () => {
    const { page } = await load("/static/page.html");
    await page.waitForSelector("#static");
    const statuses: number[] = [];
    page.on("response", (response) => {
      if (response.url().endsWith("page.html")) statuses.push(response.status());
    });
    await page.goto(at("/static/page.html"));
    await page.reload();
    assert.ok(statuses.every((status) => status === 304 || status === 200));
    const same = page.waitForResponse(
      (response) => response.url().endsWith("page.html") && response.status() === 200,
    );
    await save();
    await same;
  },
);

test("the page has loaded the newest version after each of a hundred saves", linux, async () => {
  const { page } = await load("/");
  for (let count = 0; count < 100; count += 1) {
    const title = await save();
    await shows(page, "h1", title);
  }
});
