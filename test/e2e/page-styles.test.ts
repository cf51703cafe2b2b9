import assert from "node:assert/strict";
import { test } from "node:test";
import { PageFake } from "./page-fake.ts";
import { fileBrowser, heardIn, isMarked, styled, titled, visit } from "./page-kit.ts";

const browser = fileBrowser();

const colour = (number: number): string => `rgb(${number}, ${number}, ${number})`;
const rule = (selector: string, number: number): string =>
  `${selector} { color: ${colour(number)} }`;
const picture = (number: number): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${number}" height="${number}"></svg>`;

test("a changed stylesheet is exchanged without a page load, and nothing flashes", async (t) => {
  const fake = await PageFake.start(t);
  const head =
    '<link rel="stylesheet" href="static/site.css?a=b#c" title="x"><style>p { color: red }</style>';
  fake.servePage("/", "<p>text</p>", { head });
  fake.serve("/static/site.css", rule("html p", 1));
  const { page, errors } = await visit(browser(), fake);
  // Each frame shows one sheet or the other.
  await page.evaluate(() => {
    const seen = new Set<string>();
    Object.assign(window, { seen });
    const look = (): void => {
      seen.add(getComputedStyle(document.querySelector("p") ?? document.body).color);
      requestAnimationFrame(look);
    };
    look();
  });
  fake.serve("/static/site.css", rule("html p", 2));
  fake.assets({ styles: ["web/static/site.css"] });
  await styled(page, "p", "color", colour(2));
  fake.serve("/static/site.css", rule("html p", 3));
  fake.live(2, { styles: ["web/static/site.css"], images: [], others: [] });
  await styled(page, "p", "color", colour(3));
  // The old one goes when the browser has told that the new one has loaded.
  await page.waitForFunction(() => document.querySelectorAll("[rel=stylesheet]").length === 1);
  const href = await page.locator("[rel=stylesheet]").getAttribute("href");
  assert.match(href ?? "", /^static\/site\.css\?a=b&gust=\w+#c$/);
  const seen = await page.evaluate(() =>
    "seen" in window && window.seen instanceof Set ? [...window.seen] : [],
  );
  // A busy browser may have drawn no frame with the second, but none without any of them.
  const sheets = [colour(1), colour(2), colour(3)];
  assert.deepEqual(
    seen,
    sheets.filter((one) => one !== colour(2) || seen.includes(one)),
  );
  // It is of the new build now.
  fake.live(2);
  fake.build(3);
  await page.getByText("#2 · #3 is being built").waitFor();
  assert.equal(await isMarked(page), true);
  assert.deepEqual(errors, []);
});

test("sheets in shadow roots and imported ones are exchanged", async (t) => {
  const fake = await PageFake.start(t);
  const body = `<p>text</p><i>i</i><shop-card><template shadowrootmode="open"><link rel="stylesheet" href="/card.css"><b>b</b></template></shop-card>`;
  const head =
    '<link rel="stylesheet" href="/site.css"><style>@import "/from-style.css" screen;</style>';
  fake.servePage("/", body, { head });
  fake.serve("/site.css", '@import url("base.css");');
  fake.serve("/base.css", '@import "deep.css";');
  fake.serve("/deep.css", rule("p", 1));
  fake.serve("/from-style.css", rule("i", 1));
  fake.serve("/card.css", rule("b", 1));
  const { page, errors } = await visit(browser(), fake);
  await styled(page, "p", "color", colour(1));
  fake.serve("/deep.css", rule("p", 2));
  fake.assets({ styles: ["deep.css"] });
  await styled(page, "p", "color", colour(2));
  fake.serve("/deep.css", rule("p", 3));
  fake.serve("/from-style.css", rule("i", 3));
  fake.serve("/card.css", rule("b", 3));
  fake.assets({ styles: ["deep.css", "from-style.css", "card.css"] });
  await styled(page, "p", "color", colour(3));
  await styled(page, "i", "color", colour(3));
  await page.waitForFunction((wanted) => {
    const inner = document.querySelector("shop-card")?.shadowRoot?.querySelector("b");
    return inner !== null && inner !== undefined && getComputedStyle(inner).color === wanted;
  }, colour(3));
  await page.waitForFunction(() => document.querySelectorAll("[rel=stylesheet]").length === 1);
  assert.equal(await isMarked(page), true);
  assert.deepEqual(errors, []);
});

test("images are exchanged wherever they are shown", async (t) => {
  const fake = await PageFake.start(t);
  const body = `<img id="a" src="/img/logo.svg"><img id="b" srcset="/img/logo.svg 1x, /img/other.svg 2x">
    <picture><source srcset="/img/logo.svg"><img id="c"></picture>
    <div id="d"></div><div id="e" style="background: url('/img/logo.svg')"></div>`;
  const head = '<link rel="stylesheet" href="/css/site.css"><link rel="icon" href="/img/logo.svg">';
  fake.servePage("/", body, { head });
  fake.serve(
    "/css/site.css",
    "@media screen { #d { background: url(../img/logo.svg) no-repeat } }",
  );
  fake.serve("/img/logo.svg", picture(10));
  fake.serve("/img/other.svg", picture(5));
  const { page, errors } = await visit(browser(), fake);
  fake.serve("/img/logo.svg", picture(20));
  fake.assets({ images: ["web/img/logo.svg"] });
  for (const id of ["a", "b", "c"]) {
    await page.waitForFunction(
      (id) => document.querySelector<HTMLImageElement>(`#${id}`)?.naturalWidth === 20,
      id,
    );
  }
  for (const id of ["d", "e"]) await styled(page, `#${id}`, "background-image", "logo.svg?gust=");
  await page.locator('link[rel=icon][href*="gust="]').waitFor({ state: "attached" });
  assert.match((await page.locator("#b").getAttribute("srcset")) ?? "", /, \/img\/other\.svg 2x$/);
  // A sheet that comes anew names the picture as before, and shows the new one.
  fake.serve("/css/site.css", "#d { background: url(../img/logo.svg); outline: 3px solid }");
  fake.assets({ styles: ["web/css/site.css"] });
  await styled(page, "#d", "outline-width", "3px");
  await styled(page, "#d", "background-image", "logo.svg?gust=");
  // One that is on another page is nothing to this one.
  fake.assets({ images: ["web/img/elsewhere.png"] });
  fake.build(2);
  await page.getByText("#2 is being built").waitFor();
  assert.equal(await isMarked(page), true);
  assert.deepEqual(errors, []);
});

test("what cannot be exchanged brings a page load", async (t) => {
  const fake = await PageFake.start(t);
  let title = 1;
  const serve = (head: string): void => {
    fake.servePage("/", "", { head: `${head}<script>document.title = "load ${title}"</script>` });
    title += 1;
  };
  serve('<link rel="stylesheet" href="/app.3f2a.css">');
  const { page } = await visit(browser(), fake);
  await titled(page, "load 1");
  // A fingerprint: the page itself names another file then.
  serve('<link rel="stylesheet" href="/site.css" integrity="sha256-none">');
  fake.assets({ styles: ["web/app.css"] });
  await titled(page, "load 2");
  await heardIn(fake, 2);
  // A checksum that no longer holds.
  serve('<script src="/app.js"></script>');
  fake.assets({ styles: ["site.css"] });
  await titled(page, "load 3");
  await heardIn(fake, 3);
  serve("");
  fake.assets({ others: ["templates/index.html"] });
  await titled(page, "load 4");
});

test("a script that the browser keeps is loaded anew with the page", async (t) => {
  const fake = await PageFake.start(t);
  fake.servePage("/", "", {
    head: '<script src="/app.js"></script><link rel="stylesheet" href="/site.css">',
  });
  const headers = { "cache-control": "max-age=3600" };
  fake.serve("/app.js", () => ({ headers, body: 'document.title = "old"' }));
  fake.serve("/site.css", () => ({ headers, body: rule("body", 1) }));
  const { page, context } = await visit(browser(), fake);
  await titled(page, "old");
  fake.serve("/app.js", () => ({ headers, body: 'document.title = "new"' }));
  fake.assets({ others: ["web/app.js"] });
  await titled(page, "new");
  await heardIn(fake, 2);
  // So is a style, for other pages that have it under its plain name.
  fake.serve("/site.css", () => ({ headers, body: rule("body", 2) }));
  fake.assets({ styles: ["web/site.css"] });
  await styled(page, "body", "color", colour(2));
  await fake.until(() => fake.asked.filter((line) => line === "GET /site.css").length === 2);
  const other = await context.newPage();
  await other.goto(fake.url());
  await styled(other, "body", "color", colour(2));
});

test("a page that writes its own files is not loaded for ever", async (t) => {
  const fake = await PageFake.start(t);
  fake.servePage("/", "");
  const { page } = await visit(browser(), fake);
  for (let loads = 2; loads <= 7; loads += 1) {
    await fake.until(() => fake.streams.size === 1);
    fake.assets({ others: ["data/count.html"] });
    await fake.until(() => fake.count("/") === loads);
    await page.waitForLoadState();
    await fake.until(() => fake.count("/__gust/events") >= loads);
  }
  fake.assets({ others: ["data/count.html"] });
  await page.getByText("#1 · count.html changes with each load").waitFor();
  assert.equal(fake.count("/"), 7);
});
