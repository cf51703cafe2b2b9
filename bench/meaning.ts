/*
 * What it costs to know whether a save of a Go file means anything, by the size of the file: a hash
 * of its bytes (SHA-256), and its declarations without comments and formatting (goMeaning), each with
 * the memory that is kept for it. The files are of Go's standard library, the nearest in size.
 * `npm run bench -- meaning.ts`; it takes some seconds.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { goMeaning } from "../src/core/go-meaning.ts";
import { median } from "./stats.ts";

const SIZES = [100, 1_000, 4_000, 10_000];
const ROUNDS = 30;

interface File {
  readonly path: string;
  readonly text: string;
  readonly lines: number;
}

function goFiles(): readonly File[] {
  const root = join(execFileSync("go", ["env", "GOROOT"], { encoding: "utf8" }).trim(), "src");
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".go") && !name.includes("testdata"))
    .map((name) => {
      const path = join(root, name);
      const text = readFileSync(path, "utf8");
      return { path: name, text, lines: text.split("\n").length };
    });
}

/** The median of many rounds, in milliseconds; the first ones let the compiler of V8 do its work. */
function timeOf(work: () => void): number {
  const times: number[] = [];
  for (let round = 0; round < 2 * ROUNDS; round += 1) {
    const began = performance.now();
    work();
    if (round >= ROUNDS) times.push(performance.now() - began);
  }
  return median(times);
}

const files = goFiles();
const rows = SIZES.map((size) => {
  const [file] = files.toSorted((a, b) => Math.abs(a.lines - size) - Math.abs(b.lines - size));
  if (file === undefined) throw new Error("no Go files");
  const { path, text, lines } = file;
  const bytes = Buffer.from(text);
  const declarations = goMeaning(text) ?? [];
  // A line of name and two digests for each, as adapters/files keeps it.
  const kept = declarations.reduce((sum, { name }) => sum + name.length + 24, 44);
  return {
    file: path,
    lines,
    "sha-256 ms": timeOf(() => createHash("sha256").update(bytes).digest("base64")).toFixed(3),
    "meaning ms": timeOf(() => goMeaning(text)).toFixed(2),
    "kept, sha-256": "44 B",
    "kept, meaning": `${kept} B`,
    declarations: declarations.length,
  };
});
console.table(rows);
