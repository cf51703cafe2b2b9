// Plays a page that means harm, in a real browser beside the user's own tabs: on another origin, under
// a name that leads here (DNS rebinding), and in what a file or the compiler is called.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { chmod } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { openBrowser, openPage } from "./browser.ts";
import { Gust } from "./gust.ts";
import { openShadows } from "./page-kit.ts";
import { Project } from "./project.ts";

const linux = { skip: process.platform === "linux" ? false : "gust's files are for Linux" };

/** What a script there comes to know of an address: what it could read, or why not. */
const asks = (page: Page, url: string, options: RequestInit = {}): Promise<string> =>
  page.evaluate(
    async ([address, init]) => {
      try {
        const answer = await fetch(address, init);
        const reader = answer.body?.getReader();
        const first = await reader?.read();
        await reader?.cancel();
        return `${answer.status} ${new TextDecoder().decode(first?.value)}`;
      } catch (error) {
        return String(error);
      }
    },
    [url, options] as const,
  );

test("other origins and other names learn nothing, and move nothing", linux, async (t) => {
  const project = await Project.create(t, "site");
  const record = project.path("../opened");
  await project.save("../bin/code", `#!/bin/sh\nprintf '%s\\n' "$@" >> '${record}'\n`);
  await chmod(project.path("../bin/code"), 0o755);
  const gust = await Gust.start(project, {
    args: ["--editor.command", project.path("../bin/code"), "--browser.console=true"],
  });
  await gust.next("live");
  await project.edit("main.go", "func main() {", "func main() {\n\tsecret := 1");
  await gust.next("failed");

  const evil = createServer((_request, response) => {
    response.setHeader("content-type", "text/html");
    response.end("<!doctype html><title>evil</title>");
  });
  await new Promise<void>((resolve) => evil.listen(0, "127.0.0.1", resolve));
  t.after(() => new Promise<void>((resolve) => evil.close(() => resolve())));
  const { port: evilPort } = evil.address() as AddressInfo;

  const browser = await openBrowser(t, ["--host-resolver-rules=MAP *.example 127.0.0.1"]);
  const { page } = await openPage(browser);
  const target = `http://localhost:${gust.port}`;

  // Another origin of this machine: another port is one.
  await page.goto(`http://localhost:${evilPort}/`);
  assert.match(await asks(page, `${target}/__gust/events`), /TypeError/);
  assert.match(await asks(page, `${target}/__gust/client.js`), /TypeError/);
  for (const path of ["open", "console"]) {
    const body = JSON.stringify({ file: project.path("main.go"), line: 1, text: "evil" });
    const simple = { method: "POST", mode: "no-cors", body } as const;
    await asks(page, `${target}/__gust/${path}`, simple);
    const asked = { method: "POST", headers: { "x-gust-token": "guess" }, body };
    assert.match(await asks(page, `${target}/__gust/${path}`, asked), /TypeError/);
  }
  assert.equal(
    await page.evaluate(
      (url) =>
        new Promise((resolve) => {
          const source = new EventSource(url);
          source.addEventListener("hello", () => resolve("heard"));
          source.addEventListener("error", () => resolve("refused"));
        }),
      `${target}/__gust/events`,
    ),
    "refused",
  );
  // Scripts of gust's are for its own pages: others cannot run, nor frame them.
  assert.equal(
    await page.evaluate(
      (url) =>
        new Promise((resolve) => {
          const script = document.createElement("script");
          script.src = url;
          script.addEventListener("load", () => resolve("ran"));
          script.addEventListener("error", () => resolve("refused"));
          document.head.append(script);
        }),
      `${target}/__gust/client.js`,
    ),
    "refused",
  );

  // A name of the attacker's that leads to the program: the page is of the same origin there.
  const rebound = `http://rebound.example:${gust.port}`;
  await page.goto(`${rebound}/`);
  assert.equal(await page.title(), "one");
  const heard = await asks(page, `${rebound}/__gust/events`);
  assert.match(heard, /"token":null/);
  assert.match(heard, /"trouble":\{"generation":2,"failure":null\}/);
  assert.doesNotMatch(heard, /secret|main\.go/);
  const body = JSON.stringify({ file: project.path("main.go"), line: 1 });
  for (const headers of [{}, { "x-gust-token": "guess" }]) {
    assert.match(
      await asks(page, `${rebound}/__gust/open`, { method: "POST", headers, body }),
      /^403 /,
    );
  }
  await page.goto("about:blank");
  assert.equal(existsSync(record), false, "no editor was opened");
  assert.deepEqual(gust.log.since(0, "browser-console"), []);
  await gust.stop();
});

test("what a file or the compiler says is text in the page", linux, async (t) => {
  const project = await Project.create(t, "site");
  const gust = await Gust.start(project);
  await gust.next("live");
  const browser = await openBrowser(t);
  const { page, context } = await openPage(browser);
  await openShadows(context);
  const alerts: string[] = [];
  page.on("dialog", (dialog) => {
    alerts.push(dialog.message());
    void dialog.dismiss();
  });
  await page.goto(`http://localhost:${gust.port}/`);
  const hostile = `"><img src=x onerror=alert(1)>'; alert(2); '`;
  await project.save(
    `odd ${hostile.replaceAll("/", "")}.go`,
    'package main\n\nvar x int = "</script><script>alert(3)</script>"\n',
  );
  await gust.next("failed");
  await page.locator("gust-page").getByText("alert(3)").first().waitFor();
  await page.locator("gust-page").getByText("onerror=alert(1)").first().waitFor();
  assert.equal(await page.locator("img").count(), 0);
  assert.deepEqual(alerts, []);
  await gust.stop();
});
