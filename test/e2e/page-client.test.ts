import assert from "node:assert/strict";
import { test } from "node:test";
import { PageFake } from "./page-fake.ts";
import { failure, fileBrowser, isMarked, visit } from "./page-kit.ts";

const browser = fileBrowser();

test("a page is loaded again when a newer version answers, and not before", async (t) => {
  const fake = await PageFake.start(t);
  fake.servePage("/", "hello");
  const { page, errors } = await visit(browser(), fake);
  assert.equal(await page.locator("script").count(), 0);
  fake.build(2);
  fake.become({ activity: "starting" });
  assert.equal(await isMarked(page), true);
  fake.live(2);
  await page.waitForFunction(() => document.title === "build 2");
  assert.equal(fake.count("/"), 2);
  await fake.until(() => fake.streams.size === 1);
  // Again the same version, after a restart of gust's connection: nothing is loaded.
  await page.evaluate(() => Object.assign(window, { marked: true }));
  fake.streams.end();
  await fake.until(() => fake.count("/__gust/events") === 3);
  fake.live(3);
  await page.waitForFunction(() => document.title === "build 3");
  assert.equal(fake.count("/"), 3);
  assert.deepEqual(errors, []);
});

test("a failure is shown over the page, and is gone when it is green", async (t) => {
  const fake = await PageFake.start(t);
  fake.servePage("/", "<button>Work</button>");
  const { page } = await visit(browser(), fake);
  fake.fail(2, failure);
  await page.getByRole("dialog").waitFor();
  await page.getByText("undefined: Opne").waitFor();
  await page.getByRole("button", { name: "store/store.go:4:2" }).click();
  await fake.until(() => fake.opened.length === 1);
  assert.deepEqual(fake.opened, [{ file: "/app/store/store.go", line: 4, column: 2 }]);
  // The page under it is alive.
  await page.getByRole("button", { name: "Work" }).click();
  fake.build(3);
  await page.getByText("#3 is on its way").waitFor();
  fake.become({ newest: 3, activity: "idle", trouble: null, serving: 1 });
  await page.getByRole("dialog").waitFor({ state: "detached" });
  assert.equal(await isMarked(page), true);
});

test("a changed stylesheet is exchanged in the page", async (t) => {
  const fake = await PageFake.start(t);
  fake.servePage("/", "<p>text</p>", {
    head: '<link rel="stylesheet" href="/static/site.css?a=b">',
  });
  fake.serve("/static/site.css", "p { color: rgb(1, 1, 1) }");
  const { page, errors } = await visit(browser(), fake);
  fake.serve("/static/site.css", "p { color: rgb(2, 2, 2) }");
  fake.assets({ styles: ["web/static/site.css"] });
  await page.waitForFunction(
    () => getComputedStyle(document.querySelector("p") ?? document.body).color === "rgb(2, 2, 2)",
  );
  await page.waitForFunction(() => document.querySelectorAll("link").length === 1);
  assert.match(fake.asked.at(-1) ?? "", /site\.css\?a=b/);
  assert.equal(await isMarked(page), true);
  assert.deepEqual(errors, []);
});
