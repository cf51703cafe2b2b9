import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { allowGust } from "../../src/core/content-security.ts";
import { PageFake } from "./page-fake.ts";
import { failure, fileBrowser, isMarked, styled, titled, visit } from "./page-kit.ts";

const browser = fileBrowser();

/** Serves a page with this policy, amended as gust amends it. */
function servePolicy(fake: PageFake, policy: string, body: string, head = ""): void {
  const { policies, nonce } = allowGust([policy], fake.url("").replace(/\/$/, ""), "fresh");
  fake.servePage("/", body, {
    head,
    nonce: nonce ?? "",
    headers: { "content-security-policy": policies },
  });
}

const policies = {
  "nothing but scripts with a nonce":
    "default-src 'none'; script-src 'nonce-x'; style-src 'nonce-x'",
  "strict-dynamic": "default-src 'none'; script-src 'nonce-x' 'strict-dynamic'; style-src 'self'",
  hashes:
    "default-src 'none'; script-src 'sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='; style-src 'self'",
  "no workers": "default-src 'none'; script-src 'self'; worker-src 'none'; style-src 'self'",
  "Trusted Types, none by that name":
    "default-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'",
  "Trusted Types": "default-src 'self'; require-trusted-types-for 'script'; trusted-types app",
};

for (const [name, policy] of Object.entries(policies)) {
  test(`a page of a strict policy is served like any other: ${name}`, async (t) => {
    const fake = await PageFake.start(t);
    servePolicy(fake, policy, "<p>text</p>", '<link rel="stylesheet" href="/site.css" nonce="x">');
    fake.serve("/site.css", "p { color: rgb(1, 1, 1) }");
    const { page, errors } = await visit(browser(), fake);
    fake.fail(2, failure);
    const dialog = page.getByRole("dialog");
    await dialog.waitFor();
    // It looks as it is meant to: the sheet of ours is allowed.
    assert.equal(await dialog.evaluate((one) => getComputedStyle(one).position), "fixed");
    await page.getByRole("button", { name: "store/store.go:4:2" }).click();
    await fake.until(() => fake.opened.length === 1);
    fake.serve("/site.css", "p { color: rgb(2, 2, 2) }");
    fake.assets({ styles: ["site.css"] });
    await styled(page, "p", "color", "rgb(2, 2, 2)");
    assert.equal(await isMarked(page), true);
    fake.live(3);
    await titled(page, "build 3");
    assert.deepEqual(errors, []);
  });
}

test("a page whose policy was not amended listens alone where workers are forbidden", async (t) => {
  const fake = await PageFake.start(t);
  const policy = "default-src 'self'; worker-src 'none'";
  fake.servePage("/", "hello", { headers: { "content-security-policy": policy } });
  const { page } = await visit(browser(), fake);
  fake.live(2);
  await titled(page, "build 2");
  assert.equal(fake.count("/__gust/worker.js"), 0);
});

test("a base of another origin leads nothing away", async (t) => {
  const fake = await PageFake.start(t);
  fake.servePage("/", "<p>text</p>", {
    head: '<base href="http://elsewhere.test/x/"><link rel="stylesheet" href="/none.css">',
  });
  const { page } = await visit(browser(), fake);
  fake.fail(2, failure);
  await page.getByRole("button", { name: "store/store.go:4:2" }).click();
  await fake.until(() => fake.opened.length === 1);
  fake.live(3);
  await titled(page, "build 3");
});

test("the scripts are less than 12 kB compressed", () => {
  const size = ["client.js", "worker.js"]
    .map((name) => gzipSync(readFileSync(`dist/browser/${name}`), { level: 9 }).length)
    .reduce((sum, one) => sum + one);
  assert.ok(size < 12_288, `${size} bytes`);
});
