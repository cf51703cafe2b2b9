import assert from "node:assert/strict";
import { test } from "node:test";
import type { Cause, CauseFile, FileKind } from "./notice.ts";
import { type AssetRoot, changedAssets, onlyAssets } from "./static-assets.ts";

const linux: AssetRoot = { root: "/app", separator: "/" };
const windows: AssetRoot = { root: "C:\\app", separator: "\\" };

/** `kind path`, or `kind path removed`. */
function file(text: string): CauseFile {
  const [kind = "", path = "", change = "modified"] = text.split(" ");
  return { kind: kindOf(kind), path, change: change === "removed" ? "removed" : "modified" };
}

const kinds = ["static", "embed", "runtime", "rule-output", "rule-input", "go", "go-test"] as const;

function kindOf(text: string): FileKind {
  return kinds.find((kind) => kind === text) ?? "irrelevant";
}

function causeOf(files: readonly string[], more = 0): Cause {
  return { type: "files", files: files.map(file), count: files.length + more };
}

/** The names as `styles | images | others`; null for nothing. */
type Expected = string | null;

function checkChanged(cause: Cause, expected: Expected, where = linux): void {
  assert.equal(text(changedAssets(cause, where)), expected);
}

function checkOnly(cause: Cause, expected: Expected, where = linux): void {
  assert.equal(text(onlyAssets(cause, where)), expected);
}

function text(change: ReturnType<typeof changedAssets>): Expected {
  if (change === null) return null;
  return [change.styles, change.images, change.others].map((names) => names.join(" ")).join("|");
}

test("static files are told by what a page does with them, relative to the root", () => {
  checkChanged(causeOf(["static /app/a.css"]), "a.css||");
  checkChanged(causeOf(["static /app/web/a.css", "static /app/b.js"]), "web/a.css||b.js");
  checkChanged(causeOf(["static /app/a.min.css", "static /app/x.html"]), "a.min.css||x.html");
  checkChanged(causeOf(["static C:\\app\\web\\a.css"]), "web/a.css||", windows);
  checkChanged(causeOf(["static /shared/a.css"]), "../shared/a.css||");
});

test("each kind of image is one, however it is written", () => {
  for (const extension of ["png", "jpg", "jpeg", "gif", "svg", "webp", "avif", "ico", "PNG"]) {
    checkChanged(causeOf([`static /app/a.${extension}`]), `|a.${extension}|`);
    checkOnly(causeOf([`embed /app/a.${extension}`]), `|a.${extension}|`);
  }
  checkChanged(causeOf(["static /app/png"]), "||png");
  checkChanged(causeOf(["static /app/a.css.map"]), "||a.css.map");
});

test("files that were changed beside static ones are no assets", () => {
  checkChanged(causeOf(["go /app/main.go", "static /app/a.css"]), "a.css||");
  checkChanged(causeOf(["go-test /app/main_test.go"]), null);
  checkChanged(causeOf(["runtime /app/a.css"]), null);
});

test("a stylesheet that is gone is not exchanged", () => {
  checkChanged(causeOf(["static /app/a.css removed", "static /app/b.css"]), "b.css||a.css");
  checkOnly(causeOf(["embed /app/a.css removed"]), null);
});

test("a page load brings what is not listed", () => {
  checkChanged(causeOf(["static /app/a.css", "static /app/a.png"], 1), "||a.css a.png");
  checkChanged(causeOf(["go /app/main.go"], 1), null);
  checkOnly(causeOf(["embed /app/a.css"], 1), null);
});

test("causes without files have no assets", () => {
  const request: Cause = { type: "request", origin: "key" };
  for (const cause of [request, { type: "first" }, { type: "crash" }, causeOf([])] as const) {
    checkChanged(cause, null);
    checkOnly(cause, null);
  }
});

test("a version differs in assets alone if all its files are styles and images", () => {
  checkOnly(causeOf(["embed /app/a.css"]), "a.css||");
  checkOnly(causeOf(["embed C:\\app\\web\\a.css"]), "web/a.css||", windows);
  const all = ["embed /app/a.css", "runtime /app/b.png", "rule-output /app/c.css"];
  checkOnly(causeOf([...all, "static /app/d.svg"]), "a.css c.css|b.png d.svg|");
  checkOnly(causeOf([...all, "go /app/main.go"]), null);
  checkOnly(causeOf([...all, "embed /app/app.js"]), null);
  checkOnly(causeOf(["rule-input /app/a.css"]), null);
  checkOnly(causeOf(["embed /app/page.html"]), null);
});
