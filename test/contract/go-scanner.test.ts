import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { goMeaning } from "../../src/core/go-meaning.ts";
import { scanGo } from "../../src/core/go-tokens.ts";
import { type Random, seeded } from "../sim/random.ts";

/*
 * Go's own scanner and printer have the last word: on every file of the standard library the tokens
 * must be the same, and a file must mean the same when it is printed anew without its comments.
 */

const goroot = execFileSync("go", ["env", "GOROOT"], { encoding: "utf8" }).trim();

/** Asks the Go program of test/fixtures/go-scanner, which answers with a line for each file. */
function judge(what: "tokens" | "reprint"): AsyncIterable<string> {
  const child = spawn("go", ["run", ".", what, `${goroot}/src`], {
    cwd: "test/fixtures/go-scanner",
    env: { ...process.env, GOFLAGS: "-buildvcs=false", GOWORK: "off" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  return createInterface({ input: child.stdout });
}

test("the tokens of all files of the standard library are those of go/scanner", async () => {
  let files = 0;
  for await (const line of judge("tokens")) {
    const [expected = "", path = ""] = line.split(" ");
    assert.equal(tokensOf(readFileSync(path, "utf8")), expected, path);
    files += 1;
  }
  assert.ok(files > 5000, `${files} files`);
});

test("a file means the same when go/printer has printed it without comments", async () => {
  let files = 0;
  for await (const line of judge("reprint")) {
    const { path, source } = JSON.parse(line) as { path: string; source: string };
    const [before, after] = [goMeaning(readFileSync(path, "utf8")), goMeaning(source)];
    if (before === null) continue;
    assert.equal(withoutOptional(after), withoutOptional(before), path);
    files += 1;
  }
  assert.ok(files > 3000, `${files} files`);
});

test("no random edit that is taken for formatting changes the syntax tree", async (t) => {
  const random = seeded(Number(process.env["GUST_EDIT_SEED"] ?? 1));
  const paths = filesOf(join(goroot, "src/net/http"), join(goroot, "src/go/types"));
  const pairs: (readonly [string, string])[] = [];
  let edits = 0;
  for (const path of paths) {
    const before = readFileSync(path, "utf8");
    const meaning = JSON.stringify(goMeaning(before));
    if (meaning === "null") continue;
    for (let round = 0; round < editsPerFile; round += 1, edits += 1) {
      const after = edited(before, random);
      if (JSON.stringify(goMeaning(after)) === meaning) pairs.push([before, after]);
    }
  }
  t.diagnostic(`${edits} edits, ${pairs.length} taken for formatting`);
  assert.ok(pairs.length > edits / 20 && pairs.length < edits);
  const judged = spawn("go", ["run", ".", "compare"], {
    cwd: "test/fixtures/go-scanner",
    env: { ...process.env, GOFLAGS: "-buildvcs=false", GOWORK: "off" },
    stdio: ["pipe", "pipe", "inherit"],
  });
  judged.stdin.end(pairs.map((pair) => JSON.stringify(pair)).join("\n"));
  let at = 0;
  for await (const line of createInterface({ input: judged.stdout })) {
    if (line !== "true") assert.fail(differenceOf(pairs[at]));
    at += 1;
  }
  assert.equal(at, pairs.length);
});

const editsPerFile = Number(process.env["GUST_EDITS"] ?? 12);

function filesOf(...dirs: readonly string[]): readonly string[] {
  return dirs.flatMap((dir) =>
    readdirSync(dir)
      .filter((name) => name.endsWith(".go"))
      .map((name) => join(dir, name)),
  );
}

/** The printer breaks lines before closing braces, or not; so do people, which costs them a build. */
function withoutOptional(meaning: ReturnType<typeof goMeaning>): string {
  return JSON.stringify(meaning).replaceAll(/;\\n(?=[)}])/g, "");
}

/** The place at which two versions of a file differ. */
function differenceOf(pair: readonly [string, string] | undefined): string {
  const [before = "", after = ""] = pair ?? [];
  let at = 0;
  while (at < before.length && before[at] === after[at]) at += 1;
  return `${before.slice(at - 60, at + 60)}\n--- became\n${after.slice(at - 60, at + 60)}`;
}

/** Puts something in, or takes something out, at a random place. */
function edited(source: string, random: Random): string {
  const at = random.below(source.length);
  const pieces = [" ", "\n", "\t", "// x\n", "/* x */", "/*\n*/", ";", ",", "(", ")", '"', "\n\n"];
  const piece = pieces[random.below(pieces.length)] ?? "";
  const taken = random.once(2) ? random.below(4) : 0;
  return source.slice(0, at) + piece + source.slice(at + taken);
}

/** A digest of the kinds and texts of all tokens, as the Go program makes it. */
function tokensOf(source: string): string {
  const hash = createHash("sha256");
  scanGo(source, {
    token: (kind, start, end) => hash.update(`${kind} ${source.slice(start, end)}\0`),
    comment: () => undefined,
  });
  return hash.digest("hex");
}
