import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { openBrowser, openPage } from "./browser.ts";
import { Gust } from "./gust.ts";
import { Project, answerFile } from "./project.ts";

const site = (title: string): string => `package main

import (
	"fmt"
	"net/http"
	"os"
)

func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/panics" {
			go panic("on purpose")
			select {}
		}
		fmt.Fprint(w, "<!doctype html><title>${title}</title><h1>${title}</h1>")
	})
	http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil)
}
`;

const files = { "go.mod": "module site\n\ngo 1.21\n", "main.go": site("one") };

const titled = (page: Page, title: string): Promise<unknown> =>
  page.waitForFunction((wanted) => document.title === wanted, title);

test("a page of the program loads again when a newer version is live", async (t) => {
  const browser = await openBrowser(t);
  const project = await Project.create(t, null, files);
  const gust = await Gust.start(project);
  await gust.next("live");
  const { page } = await openPage(browser);
  await page.goto(`http://localhost:${gust.port}/`);
  assert.equal(await page.title(), "one");
  assert.equal(await page.locator("script").count(), 0, "the page's scripts find no other one");
  await project.save("main.go", site("two"));
  await titled(page, "two");
  await project.save("main.go", site("three"));
  await titled(page, "three");
});

// There, browsers do not say what they load.
test("a page at an address that browsers do not trust loads again, dead or alive", async (t) => {
  const browser = await openBrowser(t, ["--host-resolver-rules=MAP *.test 127.0.0.1"]);
  const project = await Project.create(t, null, files);
  const gust = await Gust.start(project);
  await gust.next("live");
  const { page } = await openPage(browser);
  const address = `http://shop.test:${gust.port}/`;
  await page.goto(address);
  assert.equal(await page.title(), "one");
  await project.save(
    "main.go",
    site("none").replace("func main() {", 'func main() {\n\tpanic("not today")'),
  );
  await gust.next("failed");
  await gust.provoke("/panics");
  await gust.next("state", ({ serving }) => serving === null);
  const answer = await page.goto(address);
  assert.equal(answer?.status(), 503);
  assert.match(answer?.headers()["content-type"] ?? "", /^text\/html/);
  for (const title of ["two", "three"]) {
    await project.save("main.go", site(title));
    await titled(page, title);
  }
  await gust.stop();
});

for (const [name, secure] of [
  ["gin", false],
  ["echo", false],
  ["chi", false],
  ["tls", true],
] as const) {
  test(`a page of ${name} loads again`, async (t) => {
    // The certificate is another one with each version, which a user has to accept anew.
    const browser = await openBrowser(t, secure ? ["--ignore-certificate-errors"] : []);
    const project = await Project.create(t, name, { "answer.go": answerFile("0") });
    const gust = await Gust.start(project);
    await gust.next("live");
    const { page } = await openPage(browser);
    await page.goto(`http${secure ? "s" : ""}://localhost:${gust.port}/page`);
    await titled(page, "0");
    for (const next of ["1", "2"]) {
      await project.save("answer.go", answerFile(next));
      await titled(page, next);
    }
    await gust.stop();
  });
}
