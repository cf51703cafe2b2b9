import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { moduleMeaning } from "../../src/core/go-mod.ts";
import { type Random, seeded } from "../sim/random.ts";
import { tempFiles } from "../world/temp-module.ts";

/*
 * The go command has the last word: it must read the same from every go.mod file of the module cache
 * that is at hand, and the same before and after an edit that is taken for formatting.
 */

const run = promisify(execFile);
const cache = execFileSync("go", ["env", "GOMODCACHE"], { encoding: "utf8" }).trim();
const goroot = execFileSync("go", ["env", "GOROOT"], { encoding: "utf8" }).trim();

/** So many files at most, and so many edits. */
const most = 150;

const found = [
  join(goroot, "src/go.mod"),
  join(goroot, "src/cmd/go.mod"),
  ...filesOf(join(cache, "cache/download")),
];
const step = Math.max(1, Math.ceil(found.length / most));
const texts = found
  .filter((_, index) => index % step === 0 || index < 2)
  .map((path) => readFileSync(path, "utf8"));

test("the go command reads the same statements from real go.mod files", async (t) => {
  let known = 0;
  await each(t, texts, async (text, read) => {
    const expected = await read(text);
    const meaning = moduleMeaning("go.mod", text);
    if (expected === null || meaning === null) return;
    known += 1;
    assert.deepEqual(meaning, expected);
  });
  assert.ok(known > texts.length * 0.9, `${known} of ${texts.length} files`);
});

test("no random edit that is taken for formatting changes what the go command reads", async (t) => {
  const random = seeded(Number(process.env["GUST_EDIT_SEED"] ?? 1));
  const pairs: (readonly [before: string, after: string])[] = [];
  for (let tries = 0; pairs.length < most && tries < 100_000; tries += 1) {
    const before = texts[random.below(texts.length)] ?? "";
    const after = edited(edited(before, random), random);
    const [one, other] = [before, after].map((text) => moduleMeaning("go.mod", text));
    if (after !== before && one && other && one.join("\n") === other.join("\n")) {
      pairs.push([before, after]);
    }
  }
  assert.equal(pairs.length, most);
  await each(t, pairs, async ([before, after], read) => {
    assert.deepEqual(await read(after), await read(before), JSON.stringify(after));
  });
});

/** Puts something into the text, takes a character out, or exchanges two lines. */
function edited(text: string, random: Random): string {
  const at = random.below(text.length + 1);
  if (random.once(4)) return text.slice(0, at) + text.slice(at + 1);
  if (random.once(4)) {
    const lines = text.split("\n");
    const [a, b] = [random.below(lines.length), random.below(lines.length)];
    return lines
      .with(a, lines[b] ?? "")
      .with(b, lines[a] ?? "")
      .join("\n");
  }
  return text.slice(0, at) + (pieces[random.below(pieces.length)] ?? "") + text.slice(at);
}

const pieces: readonly string[] = [
  "// x\n",
  " // indirect",
  "v1.0.0",
  ...'\n|\r\n|\n\n|//|/*|*/|;|(|)|(\n|\n)\n|[|]|,|=>|"|`|\\|a| |\t|\u00a0'.split("|"),
];

type Read = (text: string) => Promise<readonly string[] | null>;

/** As many at once as there are processors; each has a file of its own. */
async function each<Item>(
  t: Parameters<typeof tempFiles>[0],
  items: readonly Item[],
  check: (item: Item, read: Read) => Promise<void>,
): Promise<void> {
  const dir = await tempFiles(t, {});
  const rest = items.values();
  const lane = async (_: unknown, index: number): Promise<void> => {
    const file = join(dir, `${index}.mod`);
    for (const item of rest) await check(item, (text) => readByGo(file, text));
  };
  await Promise.all(Array.from({ length: availableParallelism() }, lane));
}

interface Listed {
  readonly Module?: { readonly Path: string };
  readonly Go?: string;
  readonly Toolchain?: string;
  readonly GoDebug?: readonly { readonly Key: string; readonly Value: string }[] | null;
  readonly Require?: readonly Version[] | null;
  readonly Exclude?: readonly Version[] | null;
  readonly Replace?: readonly { readonly Old: Version; readonly New: Version }[] | null;
  readonly Retract?: readonly { readonly Low: string; readonly High: string }[] | null;
  readonly Tool?: readonly { readonly Path: string }[] | null;
  readonly Ignore?: readonly { readonly Path: string }[] | null;
}

interface Version {
  readonly Path: string;
  readonly Version?: string;
}

const name = ({ Path, Version: version = "" }: Version): string => `${Path} ${version}`.trim();

/** The statements that `go mod edit -json` tells of; null where it refuses the file. */
async function readByGo(file: string, text: string): Promise<readonly string[] | null> {
  await writeFile(file, text);
  let listed: Listed;
  try {
    listed = JSON.parse((await run("go", ["mod", "edit", "-json", file])).stdout) as Listed;
  } catch {
    return null;
  }
  return [
    ...(listed.Module === undefined ? [] : [`module ${listed.Module.Path}`]),
    ...(listed.Go === undefined ? [] : [`go ${listed.Go}`]),
    ...(listed.Toolchain === undefined ? [] : [`toolchain ${listed.Toolchain}`]),
    ...(listed.GoDebug ?? []).map(({ Key, Value }) => `godebug ${Key}=${Value}`),
    ...(listed.Require ?? []).map((one) => `require ${name(one)}`),
    ...(listed.Exclude ?? []).map((one) => `exclude ${name(one)}`),
    ...(listed.Replace ?? []).map((one) => `replace ${name(one.Old)} => ${name(one.New)}`),
    ...(listed.Retract ?? []).map(({ Low, High }) =>
      Low === High ? `retract ${Low}` : `retract [ ${Low} , ${High} ]`,
    ),
    ...(listed.Tool ?? []).map(({ Path }) => `tool ${Path}`),
    ...(listed.Ignore ?? []).map(({ Path }) => `ignore ${Path}`),
  ].toSorted();
}

function filesOf(dir: string): readonly string[] {
  try {
    return readdirSync(dir, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".mod"))
      .map((name) => join(dir, name));
  } catch {
    // Nothing has been downloaded here.
    return [];
  }
}
