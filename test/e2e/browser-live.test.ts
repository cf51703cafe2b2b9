// What somebody sees in the browser while they work on a real program.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, BrowserContext, Locator, Page } from "playwright-core";
import { openBrowser, openPage } from "./browser.ts";
import { Gust } from "./gust.ts";
import { isMarked, mark, openShadows, styled } from "./page-kit.ts";
import { Project } from "./project.ts";

const linux = { skip: process.platform === "linux" ? false : "gust's files are for Linux" };

const cleaning: (() => Promise<void>)[] = [];
let browser: Browser;

before(async () => {
  browser = await openBrowser({ after: (clean) => cleaning.push(clean) });
});
after(async () => {
  for (const clean of cleaning) await clean();
});

interface Visit {
  readonly project: Project;
  readonly gust: Gust;
  readonly page: Page;
}

async function visit(
  t: { readonly after: (clean: () => Promise<void>) => void },
  path: string,
  args: readonly string[] = [],
): Promise<Visit> {
  const project = await Project.create(t, "site");
  const gust = await Gust.start(project, { args });
  await gust.next("live");
  const { page, context } = await openPage(browser);
  t.after(() => context.close());
  await openShadows(context);
  await noteHearing(context);
  await page.goto(`http://localhost:${gust.port}${path}`);
  await page.waitForFunction(() => "hears" in window);
  return { project, gust, page };
}

/** Lets a page tell that it hears from gust. */
async function noteHearing(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const Plain = SharedWorker;
    window.SharedWorker = class extends Plain {
      constructor(url: string | URL, options?: string | WorkerOptions) {
        super(url, options);
        this.port.addEventListener("message", ({ data }) => {
          if (data.type === "hello") Object.assign(window, { hears: true });
        });
      }
    };
  });
}

const overlay = (page: Page): Locator => page.locator("gust-page");

test("a stylesheet on the disk is exchanged, and so is an image", linux, async (t) => {
  const { project, gust, page } = await visit(t, "/styled");
  await styled(page, "#styled", "color", "rgb(1, 2, 3)");
  await mark(page);
  await project.save("static/site.css", "#styled { color: rgb(4, 5, 6) }\n");
  await gust.next("nothing-to-do");
  await styled(page, "#styled", "color", "rgb(4, 5, 6)");
  const image = page.waitForResponse((response) => response.url().includes("dot.svg"));
  await project.edit("static/dot.svg", "<circle", '<circle fill="red"');
  await image;
  assert.ok(await isMarked(page), "the page was not loaded again");
  await gust.stop();
});

test("a stylesheet that is built in is exchanged when its version is live", linux, async (t) => {
  const { project, gust, page } = await visit(t, "/styled");
  await mark(page);
  await project.save("embedded.css", "#styled { font-weight: 700 }\n");
  await gust.next("live");
  await styled(page, "#styled", "font-weight", "700");
  assert.ok(await isMarked(page), "the page was not loaded again");
  // And the page counts as one of that version.
  await project.edit("main.go", 'const title = "one"', 'const title = "two"');
  await page.locator("h1", { hasText: "two" }).waitFor();
  await gust.stop();
});

test("a page on the disk loads again without a build", linux, async (t) => {
  const { project, gust, page } = await visit(t, "/static/page.html", [
    "--build.static_ext=css,html,svg",
    "--build.include_ext=go",
  ]);
  const builds = gust.log.since(0, "build-started").length;
  await project.edit("static/page.html", "static one", "static two");
  await page.locator("#static", { hasText: "static two" }).waitFor();
  assert.equal(gust.log.since(0, "build-started").length, builds);
  await gust.stop();
});

test("what is typed and where one reads survive a save", linux, async (t) => {
  const { project, gust, page } = await visit(t, "/form");
  await page.fill("#name", "Ann");
  await page.fill("#text", "two\nlines");
  await page.check("#box");
  await page.evaluate(() => scrollTo(0, 1500));
  await project.edit("main.go", 'const title = "one"', 'const title = "two"');
  await page.locator("h1", { hasText: "two" }).waitFor();
  await page.waitForFunction(() => Math.abs(scrollY - 1500) < 2);
  assert.equal(await page.inputValue("#name"), "Ann");
  assert.equal(await page.inputValue("#text"), "two\nlines");
  assert.ok(await page.isChecked("#box"));
  await gust.stop();
});

test(
  "an error of the compiler lies over the page, which lives on, and is gone when it is",
  linux,
  async (t) => {
    const { project, gust, page } = await visit(t, "/form");
    await project.edit("main.go", "mux := ", "oops\n\tmux := ");
    await overlay(page).getByText("undefined: oops").waitFor();
    await overlay(page).getByText("main.go:", { exact: false }).first().waitFor();
    await page.fill("#name", "still alive");
    assert.equal(await page.inputValue("#name"), "still alive");
    await page.keyboard.press("Escape");
    await overlay(page).getByText("undefined: oops").waitFor({ state: "detached" });
    await project.edit("main.go", "oops\n", "worse\n");
    await overlay(page).getByText("undefined: worse").waitFor();
    await project.edit("main.go", "\tworse\n", "");
    await overlay(page).getByText("undefined: worse").waitFor({ state: "detached" });
    await gust.stop();
  },
);

test("a version that panics at its start is told of, with the place", linux, async (t) => {
  const { project, gust, page } = await visit(t, "/form");
  await project.edit("main.go", "mux := ", 'panic("not today")\n\tmux := ');
  await overlay(page).getByText("panic: not today").first().waitFor();
  await overlay(page).getByText("main.go:").first().waitFor();
  assert.equal(await page.title(), "one");
  await gust.stop();
});

test("a test that fails is told of, though the version is live", linux, async (t) => {
  const project = await Project.create(t, "site");
  await project.save(
    "site_test.go",
    'package main\n\nimport "testing"\n\nfunc TestTitle(t *testing.T) {\n\tif title != "one" {\n\t\tt.Fatalf("got %q, want one", title)\n\t}\n}\n',
  );
  const gust = await Gust.start(project, { args: ["--test.mode=watch"] });
  await gust.next("live");
  await gust.next("tests-recorded");
  const { page, context } = await openPage(browser);
  t.after(() => context.close());
  await openShadows(context);
  await page.goto(`http://localhost:${gust.port}/`);
  await project.edit("main.go", 'const title = "one"', 'const title = "two"');
  await page.locator("h1", { hasText: "two" }).waitFor();
  await overlay(page).getByText("TestTitle").first().waitFor();
  await overlay(page).getByText("site_test.go:7").first().waitFor();
  await project.edit("main.go", 'const title = "two"', 'const title = "one"');
  await page.locator("h1", { hasText: "one" }).waitFor();
  await gust.next("tests-finished", ({ report }) => report.failed === 0);
  await overlay(page).getByText("TestTitle").waitFor({ state: "detached" });
  await gust.stop();
});

test(
  "a page that is loaded while nothing is alive tells why, and becomes the program's",
  linux,
  async (t) => {
    const { project, gust, page } = await visit(t, "/");
    await project.edit("main.go", "mux := ", 'panic("not today")\n\tmux := ');
    await gust.next("failed");
    await page.goto(`http://localhost:${gust.port}/panics`).catch(() => undefined);
    await gust.next("state", ({ serving }) => serving === null);
    await page.goto(`http://localhost:${gust.port}/`);
    await page.getByText("no version runs").waitFor();
    await project.edit("main.go", '\tpanic("not today")\n', "");
    await page.locator("h1", { hasText: "one" }).waitFor();
    await gust.stop();
  },
);

test("what the console says of errors comes to gust, where that is wanted", linux, async (t) => {
  const { gust, page } = await visit(t, "/", ["--browser.console=true"]);
  await page.evaluate(() => {
    // oxlint-disable-next-line no-console -- This is what a page does.
    console.error("from the page", { deep: { value: 1 } });
    setTimeout(() => {
      throw new Error("nobody catches this");
    });
  });
  const logged = await gust.next("browser-console");
  assert.match(logged.text, /from the page.*deep/);
  const thrown = await gust.next("browser-console");
  assert.match(thrown.text, /nobody catches this/);
  assert.match(thrown.page, /^http:\/\/localhost:/);
  await gust.stop();
});

test("without browser.enabled a page is what the program sends", linux, async (t) => {
  const project = await Project.create(t, "site");
  const gust = await Gust.start(project, { args: ["--browser.enabled=false"] });
  await gust.next("live");
  const { page, context } = await openPage(browser);
  t.after(() => context.close());
  const asked: string[] = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await page.goto(`http://localhost:${gust.port}/`, { waitUntil: "networkidle" });
  assert.deepEqual(
    asked.filter((path) => path.startsWith("/__gust")),
    [],
  );
  assert.doesNotMatch(await page.content(), /gust/);
  await gust.stop();
});
