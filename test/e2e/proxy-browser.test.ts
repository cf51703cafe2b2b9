import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { openBrowser, openPage } from "./browser.ts";
import { openShadows } from "./page-kit.ts";
import { answerGo, likeAir, proxied } from "./proxied.ts";

/* Air's proxy in a real browser, before a program without gust's files. */

const titled = (page: Page, title: string): Promise<unknown> =>
  page.waitForFunction((wanted) => document.title === wanted, title);

test("reload trigger: pages load again once the new version answers, under a strict policy as well", async (t) => {
  const browser = await openBrowser(t);
  const { gust, project, port } = await proxied(t, likeAir);
  const { page, context } = await openPage(browser);
  const strict = await context.newPage();
  const refused: string[] = [];
  strict.on("console", (message) => {
    if (/Content Security Policy/.test(message.text())) refused.push(message.text());
  });
  // Its answers would be errors if it came before the version answers.
  const failures: number[] = [];
  page.on("response", (response) => {
    if (response.status() >= 400 && !/favicon/.test(response.url()))
      failures.push(response.status());
  });
  await page.goto(`http://localhost:${port}/`);
  await strict.goto(`http://localhost:${port}/strict`);
  assert.equal(await page.title(), "one");
  assert.equal(await page.locator("script").count(), 0, "the page's scripts find no other one");
  for (const word of ["two", "three"]) {
    await project.save("answer.go", answerGo(word));
    await titled(page, word);
    await titled(strict, word);
  }
  assert.deepEqual(failures, []);
  assert.deepEqual(refused, []);
  await gust.stop();
});

test("build error: the page that tells of it loads again by itself when a version is live", async (t) => {
  const browser = await openBrowser(t);
  const { gust, project, port } = await proxied(t, {
    more: `${likeAir.more}[build]\nstop_on_error = true\n`,
  });
  const { page } = await openPage(browser);
  await project.save("answer.go", "package main\n\nfunc answer() string { return wrong }\n");
  await gust.next("state", ({ serving, failure }) => serving === null && failure !== null);
  await page.goto(`http://localhost:${port}/`);
  await page.getByText("undefined: wrong").waitFor();
  await project.save("answer.go", "package main\n\nfunc answer() string { return wronger }\n");
  await page.getByText("undefined: wronger").waitFor();
  await project.save("answer.go", answerGo("three"));
  await titled(page, "three");
  await gust.stop();
});

test("build error overlay: over the page that was loaded, with the compiler's words, until it is mended", async (t) => {
  const browser = await openBrowser(t);
  const { gust, project, port } = await proxied(t, likeAir);
  const { page, context } = await openPage(browser);
  await openShadows(context);
  await page.goto(`http://localhost:${port}/`);
  await project.save("answer.go", "package main\n\nfunc answer() string { return wrong }\n");
  await page.getByText("undefined: wrong").first().waitFor();
  // The page under it is alive, and so is the last good version.
  assert.equal(await page.locator("h1").first().textContent(), "one");
  const { page: another } = await openPage(browser);
  await another.goto(`http://localhost:${port}/`);
  assert.equal(await another.title(), "one");
  await project.save("answer.go", answerGo("two"));
  await titled(page, "two");
  assert.equal(await page.getByText("undefined: wrong").count(), 0);
  await gust.stop();
});

test("many tabs: share one connection to gust, and all load again", async (t) => {
  const browser = await openBrowser(t);
  const { gust, project, port } = await proxied(t, likeAir);
  const { page, context } = await openPage(browser);
  // A browser has six connections to one place.
  const tabs = [page];
  while (tabs.length < 10) tabs.push(await context.newPage());
  for (const tab of tabs) await tab.goto(`http://localhost:${port}/`);
  await project.save("answer.go", answerGo("two"));
  for (const tab of tabs) await titled(tab, "two");
  await gust.stop();
});

test("WebSocket and SSE in a page work as they do without the proxy", async (t) => {
  const browser = await openBrowser(t);
  const { gust, port } = await proxied(t, likeAir);
  const { page } = await openPage(browser);
  await page.goto(`http://localhost:${port}/`);
  const echoed = await page.evaluate(
    (url) =>
      new Promise((resolve, reject) => {
        const socket = new WebSocket(url);
        socket.addEventListener("open", () => socket.send("hello"));
        socket.addEventListener("message", ({ data }) => resolve(data));
        socket.addEventListener("error", reject);
      }),
    `ws://localhost:${port}/ws`,
  );
  assert.equal(echoed, "hello");
  const first = await page.evaluate(
    () =>
      new Promise((resolve) => {
        const source = new EventSource("/sse?key=b");
        source.addEventListener("message", ({ data }) => {
          source.close();
          resolve(data);
        });
      }),
  );
  assert.equal(first, "1");
  await gust.stop();
});
