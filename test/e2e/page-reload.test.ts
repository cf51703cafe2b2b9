import assert from "node:assert/strict";
import { test } from "node:test";
import { openPage } from "./browser.ts";
import { PageFake } from "./page-fake.ts";
import {
  fileBrowser,
  heardIn,
  isMarked,
  mark,
  pretend,
  show,
  styled,
  titled,
  visit,
} from "./page-kit.ts";

const browser = fileBrowser();

test("a page is loaded again when a newer version answers, and not before", async (t) => {
  const fake = await PageFake.start(t);
  fake.servePage("/", "hello");
  const { page, errors } = await visit(browser(), fake);
  assert.equal(await page.locator("script").count(), 0);
  fake.build(2);
  fake.become({ activity: "starting" });
  fake.become({ activity: "idle", serving: null, newest: 2 });
  await page.getByText("#1 · #2 is not live").waitFor();
  assert.equal(await isMarked(page), true);
  fake.live(2);
  await titled(page, "build 2");
  await heardIn(fake, 2);
  await mark(page);
  // The same version over a new connection, and again: nothing is loaded.
  const before = fake.count("/__gust/events");
  fake.streams.end();
  await fake.until(() => fake.count("/__gust/events") > before);
  fake.live(2);
  fake.build(3);
  await page.getByText("#3 is being built").waitFor();
  assert.equal(await isMarked(page), true);
  fake.live(3);
  await titled(page, "build 3");
  assert.equal(fake.count("/"), 3);
  assert.deepEqual(errors, []);
});

test("ten tabs share one connection, which ends with the last of them", async (t) => {
  const fake = await PageFake.start(t);
  fake.servePage("/", "hello");
  const { page, context } = await visit(browser(), fake);
  const pages = [page];
  while (pages.length < 10) {
    const next = await context.newPage();
    await next.goto(fake.url());
    pages.push(next);
  }
  fake.live(2);
  for (const one of pages) await titled(one, "build 2");
  // All of them may have been between two loads at the same moment: that ends the connection, for one more.
  await fake.until(() => fake.streams.size === 1);
  const asked = fake.count("/__gust/events");
  assert.ok(asked <= 2, fake.asked.join("\n"));
  for (const one of pages.slice(1)) await one.close();
  fake.live(3);
  await titled(page, "build 3");
  await page.goto("about:blank");
  await fake.until(() => fake.streams.size === 0);
  // Once for the first page, and once more after each time when none was left.
  assert.ok(fake.count("/__gust/events") <= asked + 1, fake.asked.join("\n"));
});

test("a hidden tab waits until it is seen", async (t) => {
  const fake = await PageFake.start(t);
  fake.servePage("/", "hello");
  const { page, context } = await openPage(browser());
  await pretend(context, { visibility: "hidden" });
  await page.goto(fake.url());
  await mark(page);
  await fake.until(() => fake.streams.size === 1);
  fake.live(2);
  fake.live(3);
  // What comes after has reached the page as well.
  await page.evaluate(() => {
    document.body.innerHTML = '<link rel="stylesheet" href="/a.css">';
  });
  await fake.until(() => fake.count("/a.css") === 1);
  fake.assets({ styles: ["a.css"] });
  await fake.until(() => fake.count("/a.css") > 1);
  assert.equal(await isMarked(page), true);
  await show(page);
  await titled(page, "build 3");
  assert.equal(fake.count("/"), 2);
});

test("a page that is made ready in advance neither listens nor loads until it is shown", async (t) => {
  const fake = await PageFake.start(t);
  fake.servePage("/", "hello");
  const { page, context } = await openPage(browser());
  await pretend(context, { prerendering: true });
  await page.goto(fake.url());
  fake.live(2);
  assert.equal(await page.title(), "build 1");
  assert.equal(fake.count("/__gust/events"), 0);
  await show(page);
  await titled(page, "build 2");
});

test("a page that comes from a cache is loaded once for a build, and says so", async (t) => {
  const fake = await PageFake.start(t);
  fake.pageBuild = 1;
  fake.servePage("/", "hello");
  const { page } = await visit(browser(), fake);
  fake.live(2);
  await page.getByText("#1 from a cache · #2 is live").waitFor();
  assert.equal(fake.count("/"), 2);
  fake.live(3);
  await page.getByText("#1 from a cache · #3 is live").waitFor();
  assert.equal(fake.count("/"), 3);
  fake.pageBuild = 3;
  await page.getByRole("button", { name: "#1 from a cache" }).click();
  await titled(page, "build 3");
});

test("another run of gust has other builds by the same numbers", async (t) => {
  const fake = await PageFake.start(t);
  fake.servePage("/", "hello");
  const { page } = await visit(browser(), fake);
  fake.hello = { ...fake.hello, run: "two" };
  fake.streams.end();
  await page.waitForFunction(() => !("marked" in window));
  assert.equal(fake.count("/"), 2);
});

test("a page whose reload the user stops says what is live", async (t) => {
  const fake = await PageFake.start(t);
  fake.servePage("/", "<input>");
  const { page } = await visit(browser(), fake);
  await page.evaluate(() => addEventListener("beforeunload", (event) => event.preventDefault()));
  await page.locator("input").fill("typed");
  page.once("dialog", (dialog) => void dialog.dismiss());
  fake.live(2);
  await page.getByText("#1 · #2 is live").waitFor();
  assert.equal(await isMarked(page), true);
});

test("what is typed, chosen and scrolled survives the load", async (t) => {
  const fake = await PageFake.start(t);
  const form = `<form action="/save"><input name="title" value="old"><input name="pass" type="password">
    <input type="checkbox" name="tag" value="a"><input type="checkbox" name="tag" value="b" checked>
    <input type="radio" name="size" value="s" checked><input type="radio" name="size" value="l">
    <select name="one"><option>x<option>y</select><select name="many" multiple><option>x<option>y<option>z</select>
    <textarea id="note"></textarea><input name="same"><input name="same"></form>
    <p contenteditable>text</p><div id="box" style="height:50px;overflow:auto"><div style="height:900px"></div></div>
    <div style="height:5000px"></div>`;
  const script = `<script>window.heard = []; for (const type of ["input", "change", "invalid"]) addEventListener(type, (e) => heard.push(type + " " + (e.target.name ?? "")), true)</script>`;
  fake.servePage("/", form, { head: script });
  const { page, errors } = await visit(browser(), fake);
  await page.locator("[name=title]").fill("new");
  await page.locator("[name=pass]").fill("secret");
  await page.locator("[name=tag]").nth(0).check();
  await page.locator("[name=tag]").nth(1).uncheck();
  await page.locator("[value=l]").check();
  await page.locator("[name=one]").selectOption("y");
  await page.locator("[name=many]").selectOption(["x", "z"]);
  await page.locator("[name=same]").nth(1).fill("second");
  await page.locator("p").fill("edited");
  await page.locator("#note").fill("line\nline");
  await page.locator("#note").press("ArrowUp");
  await page.evaluate(() => {
    document.querySelector("#box")?.scrollTo(0, 300);
    scrollTo(0, 1234);
  });
  // In another version a field has been added before.
  fake.servePage("/", `<form action="/save"><input name="added"></form>${form}`, { head: script });
  fake.live(2);
  await titled(page, "build 2");
  // Until then fields are not put back.
  await page.waitForLoadState("domcontentloaded");
  // Chromium itself keeps in view what was in view, which is a little elsewhere now.
  await page.waitForFunction(() => Math.abs(scrollY - 1234) < 50);
  const values = await page.evaluate(() =>
    [...document.querySelectorAll<HTMLInputElement>("input, select, textarea")].map((field) =>
      field.type === "checkbox" || field.type === "radio"
        ? field.checked
        : field instanceof HTMLSelectElement
          ? [...field.selectedOptions].map(({ value }) => value).join()
          : field.value,
    ),
  );
  assert.deepEqual(values, [
    "",
    "new",
    "",
    true,
    false,
    false,
    true,
    "y",
    "x,z",
    "line\nline",
    "",
    "second",
  ]);
  assert.equal(await page.locator("p").textContent(), "edited");
  assert.equal(await page.evaluate(() => document.querySelector("#box")?.scrollTop), 300);
  assert.equal(await page.evaluate(() => document.activeElement?.id), "note");
  const heard = await page.evaluate(() => ("heard" in window ? String(window.heard) : ""));
  assert.ok(heard.includes("input title") && !/change|invalid/.test(heard), heard);
  // Kept for that one load only.
  assert.equal(await page.evaluate(() => sessionStorage.getItem("gust:form")), null);
  await page.evaluate(() => location.reload());
  await page.waitForFunction(() => document.readyState === "complete" && !("marked" in window));
  assert.deepEqual(errors, []);
});

test("fields that a script makes later are filled in when they appear", async (t) => {
  const fake = await PageFake.start(t);
  const late = `<main></main><script>setTimeout(() => { document.querySelector("main").innerHTML = '<input id="late"><div style="height:4000px"></div>' }, 100)</script>`;
  fake.servePage("/", late);
  const { page } = await visit(browser(), fake);
  await page.locator("#late").fill("typed");
  await page.evaluate(() => scrollTo(0, 700));
  fake.live(2);
  await titled(page, "build 2");
  await page.waitForFunction(
    () => document.querySelector<HTMLInputElement>("#late")?.value === "typed" && scrollY === 700,
  );
});

test("an answer that is no stream is asked again, and a lost gust is told of", async (t) => {
  const fake = await PageFake.start(t);
  fake.servePage("/", "hello");
  const { page, errors } = await visit(browser(), fake);
  fake.deaf = 503;
  fake.streams.close();
  await page.getByText("#1 · gust does not answer").waitFor();
  assert.equal(await isMarked(page), true);
  fake.deaf = null;
  fake.hello = { ...fake.hello, state: { ...fake.state, serving: 2, newest: 2 } };
  await titled(page, "build 2");
  assert.deepEqual(
    errors.filter((text) => !/503|ERR_/.test(text)),
    [],
  );
});

test("a page that comes back from the browser's history looks again", async (t) => {
  const fake = await PageFake.start(t);
  const headers = { "cache-control": "no-cache" };
  fake.servePage("/", "first", { headers });
  fake.servePage("/next", "next", { headers });
  const { page, errors } = await visit(browser(), fake);
  const back = async (): Promise<void> => {
    await page.goto(fake.url("/next"));
    // playwright's own way back waits for a load, and there is none.
    await page.evaluate(() => history.back());
  };
  await back();
  await page.getByText("first").waitFor();
  assert.equal(
    await isMarked(page),
    true,
    "the browser has kept the page, and so had gust's script",
  );
  fake.build(2);
  await page.getByText("#1 · #2 is being built").waitFor();
  await page.goto(fake.url("/next"));
  fake.live(2);
  await titled(page, "build 2");
  await page.evaluate(() => history.back());
  await page.getByText("first").waitFor();
  await page.waitForFunction(() => document.title === "build 2" && !("marked" in window));
  assert.deepEqual(errors, []);
});

test("what has changed while a page was away is made up for", async (t) => {
  const fake = await PageFake.start(t);
  const css = '<link rel="stylesheet" href="/a.css">';
  fake.servePage("/", "<p>text</p>", { head: css });
  fake.serve("/a.css", "p { color: rgb(1, 1, 1) }");
  const { page } = await visit(browser(), fake);
  const cut = async (meanwhile: () => void): Promise<void> => {
    fake.deaf = 503;
    fake.streams.close();
    const asked = fake.count("/__gust/events");
    await fake.until(() => fake.count("/__gust/events") > asked);
    meanwhile();
    fake.deaf = null;
  };
  // A version that differs in a style: exchanged by what the next hello tells of it.
  fake.serve("/a.css", "p { color: rgb(2, 2, 2) }");
  await cut(() => fake.live(2, { styles: ["a.css"], images: [], others: [] }));
  await styled(page, "p", "color", "rgb(2, 2, 2)");
  assert.equal(await isMarked(page), true);
  // A file that the program reads by itself: what it was is not known, and the page is loaded.
  await cut(() => fake.assets({ styles: ["a.css"] }));
  await page.waitForFunction(() => !("marked" in window));
});
