/*
 * What it costs to know whether a save of a Go file means anything, by the size of the file: a hash
 * of its bytes (SHA-256), its declarations without comments and formatting (goMeaning), and syntax
 * trees: Go's own (go/parser), and one that is parsed anew only where it was edited (tree-sitter);
 * each with the memory that is kept for it. The files are of Go's standard library, the nearest in size.
 * `npm run bench -- meaning.ts`; it takes a minute, and installs tree-sitter in bench/.work.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { goMeaning } from "../src/core/go-meaning.ts";
import { benchEnv, runGo } from "./commands.ts";
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
      return { path, text, lines: text.split("\n").length };
    });
}

/** In a directory of its own: the project does not depend on it. */
function installTreeSitter(): string {
  const dir = resolve("bench/.work/tree-sitter");
  // The grammar comes compiled; the native binding would have to be built here.
  const packages = ["web-tree-sitter@0.27.2", "tree-sitter-go@0.25.0"];
  if (!existsSync(join(dir, "node_modules/web-tree-sitter"))) {
    const args = ["install", "--prefix", dir, "--ignore-scripts", ...packages];
    execFileSync("npm", args, { env: benchEnv(), stdio: "ignore" });
  }
  return dir;
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

/** What another process says of each file. */
interface Told {
  /** Milliseconds. */
  readonly full: number;
  /** After an edit of one token in the middle. */
  readonly again: number;
  /** Of the tree that is kept. */
  readonly bytes: number;
}

function told(output: string): readonly Told[] {
  return output
    .trim()
    .split("\n")
    .map((line) => {
      const { full, again, bytes }: Record<string, unknown> = JSON.parse(line);
      return { full: Number(full), again: Number(again), bytes: Math.round(Number(bytes)) };
    });
}

const files = goFiles();
const chosen = SIZES.flatMap((size) =>
  files.toSorted((a, b) => Math.abs(a.lines - size) - Math.abs(b.lines - size)).slice(0, 1),
);
const paths = chosen.map(({ path }) => path);
const goParser = told(
  await runGo(["run", "./parse", `${ROUNDS}`, ...paths], { dir: "bench/stand" }),
);
const treeSitter = told(
  execFileSync(
    process.execPath,
    ["bench/stand/tree-sitter.mjs", installTreeSitter(), `${ROUNDS}`, ...paths],
    { encoding: "utf8" },
  ),
);
const times: object[] = [];
const memory: object[] = [];
for (const [at, { path, text, lines }] of chosen.entries()) {
  const bytes = Buffer.from(text);
  const file = path.split("/").slice(-2).join("/");
  const declarations = goMeaning(text) ?? [];
  times.push({
    file,
    lines,
    "SHA-256": timeOf(() => createHash("sha256").update(bytes).digest("base64")).toFixed(3),
    declarations: timeOf(() => goMeaning(text)).toFixed(2),
    "go/parser": goParser[at]?.full.toFixed(2),
    "tree-sitter": treeSitter[at]?.full.toFixed(2),
    "tree-sitter, edited": treeSitter[at]?.again.toFixed(2),
  });
  memory.push({
    file,
    bytes: bytes.length,
    "SHA-256": 44,
    // A line of name and two digests for each, as adapters/files keeps it.
    declarations: declarations.reduce((sum, { name }) => sum + name.length + 24, 44),
    "go/parser": goParser[at]?.bytes,
    // The text is kept, too, by which the next edit is found.
    "tree-sitter": (treeSitter[at]?.bytes ?? 0) + bytes.length,
  });
}
console.log("milliseconds for a file:");
console.table(times);
console.log("bytes that are kept of a file:");
console.table(memory);
