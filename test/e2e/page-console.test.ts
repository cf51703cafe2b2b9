// oxlint-disable no-console -- what pages say there is what these tests are about
import assert from "node:assert/strict";
import { test } from "node:test";
import { PageFake } from "./page-fake.ts";
import { fileBrowser, titled, visit } from "./page-kit.ts";

const browser = fileBrowser();

async function start(t: Parameters<typeof PageFake.start>[0], console = true): Promise<PageFake> {
  const fake = await PageFake.start(t);
  fake.hello = { ...fake.hello, console };
  return fake;
}

test("errors and warnings reach gust with what they say and where they come from", async (t) => {
  const fake = await start(t);
  const script = `
    throw new TypeError("before gust's first word")`;
  const later = `
    function go() {
      console.error("%s failed", "pay", { amount: 3 });
      console.warn(new Error("careful"));
      console.log("nothing to gust");
      setTimeout(() => { throw new RangeError("late") });
      Promise.reject(new Error("nobody waits"));
      const image = new Image(); image.src = "/missing.png"; document.body.append(image);
    }`;
  fake.serve("/first.js", script);
  fake.serve("/later.js", later);
  fake.servePage("/", '<button onclick="go()">go</button>', {
    head: '<script src="/first.js"></script><script src="/later.js"></script>',
  });
  const { page } = await visit(browser(), fake);
  await fake.until(() => fake.reported.length === 1);
  await page.getByRole("button").click();
  await fake.until(() => fake.reported.length === 6);
  const said = fake.reported.map(({ level, text, place }) => `${level} ${text} ${place}`);
  const at = (name: string, line: number): string => fake.url(`/${name}.js:${line}`);
  const found = (part: string): string =>
    said.find((one) => one.includes(part)) ?? assert.fail(`no ${part} in ${said.join("\n")}`);
  assert.ok(found("before gust's first word").startsWith("error Uncaught TypeError: before"));
  assert.ok(found("before gust's first word").includes(at("first", 2)));
  assert.ok(found("pay failed {amount: 3}").includes(at("later", 3)));
  assert.ok(found("careful").startsWith("warn Error: careful"));
  assert.ok(found("RangeError: late").includes(at("later", 6)));
  assert.ok(found("nobody waits").includes(at("later", 7)));
  found("<img> could not be loaded: /missing.png");
  assert.ok(fake.reported.every((one) => one.page === fake.url()));
});

test("a flood is cut, repeats are counted, and a page that makes text of it fail breaks nothing", async (t) => {
  const fake = await start(t);
  fake.servePage("/", "hello");
  const { page } = await visit(browser(), fake);
  await page.waitForFunction(() => sessionStorage.getItem("gust:console") === "true");
  const kept = await page.evaluate(() => {
    const tricky = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error("no");
        },
      },
    );
    const heard: unknown[] = [];
    console.error("first", tricky);
    for (let index = 0; index < 5; index += 1) console.error("same");
    for (let index = 0; index < 10_000; index += 1) console.error("flood", index);
    return heard.length;
  });
  assert.equal(kept, 0);
  await fake.until(() => fake.reported.some(({ text }) => text.startsWith("flood 27")));
  assert.ok(fake.reported.length <= 30, `${fake.reported.length}`);
  const texts = fake.reported.map(({ text }) => text);
  assert.equal(texts.filter((text) => text === "same").length, 1);
  assert.ok(texts.includes("flood 0 (4 others are not told)"), texts.join("\n"));
});

test("a page that reports what goes wrong with its own requests makes no loop", async (t) => {
  const fake = await start(t);
  const script = `const send = window.fetch; window.fetch = (...all) => { console.error("fetch", all[0]); return send(...all) }`;
  fake.servePage("/", "hello", { head: `<script>${script}</script>` });
  const { page } = await visit(browser(), fake);
  await page.evaluate(() => fetch("/"));
  await fake.until(() => fake.reported.length > 0);
  await page.evaluate(() => console.error("last"));
  await fake.until(() => fake.reported.some(({ text }) => text === "last"));
  assert.deepEqual(
    fake.reported.map(({ text }) => text),
    ["fetch /", "last"],
  );
});

test("a console that nobody wants to hear is the page's own", async (t) => {
  const fake = await start(t, false);
  const head = `<script>window.own = console.error</script>`;
  fake.servePage("/", "hello", { head });
  const { page } = await visit(browser(), fake);
  await page.evaluate(() => console.error("quiet"));
  const isOwn = (): Promise<boolean> =>
    page.evaluate(
      () =>
        "own" in window &&
        window.own === console.error &&
        /native code/.test(String(console.error)),
    );
  assert.equal(await isOwn(), true);
  fake.live(2);
  await titled(page, "build 2");
  assert.deepEqual(fake.reported, []);
  // Switched on meanwhile: the next page load listens from its first line on.
  fake.hello = { ...fake.hello, console: true };
  fake.live(3);
  await titled(page, "build 3");
  await page.waitForFunction(() => sessionStorage.getItem("gust:console") === "true");
  fake.servePage("/", "hello", { head: '<script>console.warn("at once")</script>' });
  fake.live(4);
  await fake.until(() => fake.reported.some(({ text }) => text === "at once"));
  // And off again.
  fake.hello = { ...fake.hello, console: false };
  fake.servePage("/", "hello");
  fake.live(5);
  await titled(page, "build 5");
  await page.waitForFunction(
    () =>
      sessionStorage.getItem("gust:console") === null && /native code/.test(String(console.error)),
  );
});
