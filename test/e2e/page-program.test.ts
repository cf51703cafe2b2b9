import assert from "node:assert/strict";
import { cp } from "node:fs/promises";
import { test } from "node:test";
import { openPage } from "./browser.ts";
import { Gust } from "./gust.ts";
import { fileBrowser, isMarked, mark, openShadows, styled } from "./page-kit.ts";
import { Project } from "./project.ts";

/* A whole program under gust, as somebody works on it: examples/guestbook. */

const linux = { skip: process.platform === "linux" ? false : "gust's files are for Linux" };
const browser = fileBrowser();

test(
  "styles, templates, Go and mistakes are saved, and the page is the newest, with what is typed",
  linux,
  async (t) => {
    const project = await Project.create(t, null, {});
    await cp("examples/guestbook", project.path("."), { recursive: true });
    const gust = await Gust.start(project, { args: ["--browser.console=true"] });
    await gust.next("live");
    const { page, context } = await openPage(browser());
    await openShadows(context);
    await page.goto(`http://localhost:${gust.port}/`);
    const name = page.getByLabel("Your name");
    await name.fill("Grace");
    await mark(page);
    // The stylesheet is in the binary, and the page stays.
    await project.edit("internal/web/assets/style.css", "#fdf8ee", "#fdf8ef");
    await gust.next("live");
    await styled(page, "body", "background-color", "rgb(253, 248, 239)");
    assert.equal(await isMarked(page), true);
    // A picture of another kind of file, too.
    await project.edit("internal/web/assets/logo.svg", "<svg", "<svg ");
    await gust.next("live");
    await page.locator('img[src*="gust="]').waitFor();
    assert.equal(await isMarked(page), true);
    // A template is read by the program itself.
    await project.edit("templates/form.html", "Sign the book", "Sign it");
    await page.getByRole("button", { name: "Sign it" }).waitFor();
    // What is typed is put back once the page has been read to its end.
    await page.waitForLoadState("domcontentloaded");
    assert.equal(await name.inputValue(), "Grace");
    // A mistake: it is over the page, which is alive.
    await mark(page);
    await project.edit("main.go", "store.Open(", "store.Opne(");
    const dialog = page.getByRole("dialog");
    await dialog.getByText("undefined: store.Opne").waitFor();
    await name.fill("Grace Hopper");
    await project.edit("main.go", "store.Opne(", "store.Open(");
    await dialog.waitFor({ state: "detached" });
    // What does not start is shown as well, and the last good version serves.
    await project.edit("main.go", "func run() error {", 'func run() error {\n\tpanic("oh no")');
    await dialog.getByText("oh no").first().waitFor();
    await project.edit("main.go", '\tpanic("oh no")\n', "");
    await dialog.waitFor({ state: "detached" });
    await page.waitForFunction(() => !("marked" in window));
    await page.waitForLoadState("domcontentloaded");
    assert.equal(await name.inputValue(), "Grace Hopper");
    // oxlint-disable-next-line no-console -- it is the page's console that is tried
    await page.evaluate(() => console.error("from the page"));
    await gust.next("browser-console", ({ text }) => text === "from the page");
    await gust.stop();
  },
);
