import assert from "node:assert/strict";
import { test } from "node:test";
import axe from "axe-core";
import { openPage } from "./browser.ts";
import { PageFake } from "./page-fake.ts";
import { failure, fileBrowser, isMarked, mark, openShadows, titled, visit } from "./page-kit.ts";

const browser = fileBrowser();

test("a failure is shown over the page, and is gone when it is green", async (t) => {
  const fake = await PageFake.start(t);
  fake.servePage("/", "<button>Work</button>");
  const { page, errors } = await visit(browser(), fake);
  fake.fail(2, { ...failure, hint: "look at the name", fix: ["mod", "tidy"] });
  await page.getByText("#1 · #2 failed").waitFor();
  const dialog = page.getByRole("dialog", { name: "the build failed" });
  await dialog.waitFor();
  const text = await dialog.innerText();
  for (const part of [
    "#2",
    "BUILD_FAILED",
    "undefined: Opne",
    "> 4 |   Opne()",
    "look at the name",
    "go mod tidy",
    "#1 serves on",
  ]) {
    assert.ok(text.includes(part), `no ${part} in ${text}`);
  }
  // The page under it is alive.
  await page.getByRole("button", { name: "Work" }).click();
  fake.build(3);
  await page.getByText("#3 is on its way").waitFor();
  fake.fail(3, { ...failure, message: "the build failed again" });
  await page.getByRole("dialog", { name: "the build failed again" }).waitFor();
  fake.become({ newest: 3, trouble: null, serving: 1 });
  await page.getByRole("dialog").waitFor({ state: "detached" });
  fake.live(4);
  await titled(page, "build 4");
  assert.equal(await page.locator("gust-page").count(), 0);
  assert.deepEqual(errors, []);
});

test("a place opens in the editor by click and by key, and what goes wrong is said", async (t) => {
  const fake = await PageFake.start(t);
  fake.servePage("/", "hello");
  const { page } = await visit(browser(), fake);
  fake.fail(2, failure);
  const place = page.getByRole("button", { name: "store/store.go:4:2" });
  await place.click();
  await fake.until(() => fake.opened.length === 1);
  await place.press("Enter");
  await fake.until(() => fake.opened.length === 2);
  const expected = { file: "/app/store/store.go", line: 4, column: 2 };
  assert.deepEqual(fake.opened, [expected, expected]);
  fake.openAnswer = {
    status: 422,
    body: JSON.stringify({ code: "REQUEST_INVALID", message: "no editor is known" }),
  };
  await place.click();
  await page.getByText("no editor is known").waitFor();
});

test("who may not act is shown no buttons, who is not trusted no details", async (t) => {
  const fake = await PageFake.start(t);
  fake.servePage("/", "hello");
  fake.hello = { ...fake.hello, token: null };
  const { page } = await visit(browser(), fake);
  fake.fail(2, failure);
  await page.getByText("store/store.go:4:2").waitFor();
  assert.equal(await page.getByRole("button", { name: "store.go" }).count(), 0);
  fake.fail(3, null);
  await page.getByText("See gust's terminal").waitFor();
});

test("nothing of a failure becomes markup", async (t) => {
  const fake = await PageFake.start(t);
  fake.servePage("/", "hello");
  const { page, errors } = await visit(browser(), fake);
  const evil = `"'><img src=x onerror="document.title='owned'"><script>document.title='owned'</script>&amp;`;
  const place = {
    ...failure.places[0],
    file: evil,
    name: evil,
    message: evil,
    frame: [`> ${evil}`],
    line: 1,
    column: 1,
    own: false,
  };
  fake.fail(2, {
    ...failure,
    message: evil,
    seen: [evil],
    hint: evil,
    fix: [evil],
    places: [place],
  });
  const dialog = page.getByRole("dialog");
  await dialog.waitFor();
  assert.equal(await dialog.locator("img, script").count(), 0);
  // Message, place, frame, output, hint and command.
  assert.ok((await dialog.innerText()).split("<img src=x").length > 6);
  await dialog.getByRole("button", { name: "<img" }).click();
  await fake.until(() => fake.opened.length === 1);
  assert.equal(fake.opened[0]?.file, evil);
  assert.equal(await page.title(), "build 1");
  assert.deepEqual(errors, []);
});

test("Esc and × close it until the next failure, and it takes no focus from a field", async (t) => {
  const fake = await PageFake.start(t);
  fake.servePage("/", "<input autofocus>");
  const { page } = await visit(browser(), fake);
  const dialog = page.getByRole("dialog");
  await page.locator("input").pressSequentially("ab");
  fake.fail(2, failure);
  await dialog.waitFor();
  await page.keyboard.type("cd");
  assert.equal(await page.locator("input").inputValue(), "abcd");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  // The next page load knows that it was closed.
  await page.reload();
  await page.getByRole("button", { name: "#1 · #2 failed" }).click();
  await dialog.waitFor();
  await dialog.getByRole("button", { name: "Close" }).click();
  await dialog.waitFor({ state: "detached" });
  fake.build(3);
  fake.fail(3, failure);
  await dialog.waitFor();
});

test("the badge goes for the session, and the configuration switches both off", async (t) => {
  const fake = await PageFake.start(t);
  fake.servePage("/", "hello");
  fake.hello = { ...fake.hello, overlay: false };
  const { page, context } = await visit(browser(), fake);
  fake.fail(2, failure);
  await page.getByText("#1 · #2 failed").waitFor();
  assert.equal(await page.getByRole("status", { name: "gust: #1 · #2 failed" }).count(), 1);
  await page.getByRole("button", { name: "Hide for this session" }).click();
  await page.locator("gust-page").waitFor({ state: "detached" });
  await page.reload();
  fake.live(3);
  await titled(page, "build 3");
  fake.fail(4, failure);
  fake.hello = { ...fake.hello, badge: false };
  const other = await context.newPage();
  await other.goto(fake.url());
  fake.live(5);
  await titled(other, "build 5");
  await titled(page, "build 5");
  for (const one of [page, other]) assert.equal(await one.locator("gust-page").count(), 0);
});

test("pages that replace all that they have keep the overlay", async (t) => {
  const fake = await PageFake.start(t);
  fake.servePage("/", "hello");
  const { page, errors } = await visit(browser(), fake);
  fake.fail(2, failure);
  await page.getByRole("dialog").waitFor();
  await page.evaluate(() => {
    document.body = document.createElement("body");
  });
  await page.getByRole("dialog").waitFor();
  await page.evaluate(() => document.documentElement.replaceChildren(document.body));
  await page.getByRole("dialog").waitFor();
  await page.evaluate(() => {
    document.open();
    document.write("<title>written</title><p>written</p>");
    document.close();
  });
  await titled(page, "written");
  await page.getByRole("dialog").waitFor();
  // The listeners of the document are there again as well.
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  fake.live(3);
  await titled(page, "build 3");
  assert.deepEqual(errors, []);
});

test("the page's scripts and styles find nothing of gust's", async (t) => {
  const fake = await PageFake.start(t);
  const hide =
    "<style>html > * { display: none !important; color: red !important } gust-page { opacity: 0 !important }</style>";
  const look = `<script>window.first = [document.scripts.length, document.head.children.length]</script>`;
  fake.servePage("/", "hello", { head: `${look}${hide}` });
  const { page, context } = await openPage(browser());
  await page.goto(fake.url());
  // This script; the type, the title and the script.
  assert.deepEqual(await page.evaluate(() => ("first" in window ? window.first : null)), [1, 3]);
  const globals = await page.evaluate(() => Object.getOwnPropertyNames(window));
  await fake.until(() => fake.streams.size === 1);
  fake.fail(2, failure);
  await page.locator("gust-page").waitFor({ state: "attached" });
  assert.equal(await page.evaluate(() => document.querySelector("gust-page")?.shadowRoot), null);
  const plain = await context.newPage();
  fake.serve("/plain", () => ({
    headers: { "content-type": "text/html" },
    body: `${look}${hide}hello`,
  }));
  await plain.goto(fake.url("/plain"));
  const usual = await plain.evaluate(() => Object.getOwnPropertyNames(window));
  assert.deepEqual(
    globals.filter((name) => !usual.includes(name)),
    [],
  );
  // What the page hides is seen all the same.
  await openShadows(context);
  await page.reload();
  await page.getByRole("dialog").waitFor();
});

test("a page in a frame does nothing of its own", async (t) => {
  const fake = await PageFake.start(t);
  fake.servePage("/inner", "inner");
  fake.servePage("/", '<iframe src="/inner"></iframe>');
  const { page } = await visit(browser(), fake);
  await page.frameLocator("iframe").getByText("inner").waitFor();
  await mark(page);
  fake.fail(2, failure);
  await page.getByRole("dialog").waitFor();
  assert.equal(await page.frameLocator("iframe").locator("gust-page").count(), 0);
  assert.equal(await isMarked(page), true);
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe finds nothing in overlay and badge in ${colorScheme}`, async (t) => {
    const fake = await PageFake.start(t);
    fake.servePage("/", "<main><h1>Page</h1></main>", {
      head: "<style>:root { color-scheme: light dark }</style>",
    });
    const { page, context } = await openPage(browser(), { colorScheme });
    await openShadows(context);
    await page.goto(fake.url());
    await fake.until(() => fake.streams.size > 0);
    await page.evaluate(axe.source);
    const places = [...failure.places, ...failure.places.map((one) => ({ ...one, own: false }))];
    fake.fail(2, { ...failure, places, seen: ["output"], hint: "a hint", fix: ["mod", "tidy"] });
    await page.getByText("#1 · #2 failed").waitFor();
    assert.deepEqual(await page.evaluate(FOUND), []);
    await page.getByRole("dialog").waitFor();
    assert.deepEqual(await page.evaluate(FOUND), []);
  });
}

/** What axe finds, in words. */
const FOUND = `axe.run("gust-page", { resultTypes: ["violations"] }).then(({ violations }) =>
  violations.map(({ id, nodes }) => id + ": " + nodes.map(({ html }) => html).join(" | ")))`;
