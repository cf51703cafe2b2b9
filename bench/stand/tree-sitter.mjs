// node tree-sitter.mjs DIR ROUNDS FILE…: what tree-sitter needs to tell what was edited in a Go file, a
// line of JSON for each. DIR has web-tree-sitter and tree-sitter-go in its node_modules.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const [dir = "", rounds = "", ...files] = process.argv.slice(2);
const { Parser, Language, Edit } = createRequire(join(dir, "index.js"))("web-tree-sitter");
await Parser.init();
const parser = new Parser();
const grammar = join(dir, "node_modules/tree-sitter-go/tree-sitter-go.wasm");
parser.setLanguage(await Language.load(grammar));

for (const file of files) {
  const text = readFileSync(file, "utf8");
  const edited = withOtherToken(text);
  const kept = parser.parse(text);
  const answer = {
    full: timeOf(() => digests(text)),
    again: timeOf(() => declarationEdited(kept, text, edited)),
    bytes: bytesOfTree(text),
  };
  process.stdout.write(`${JSON.stringify(answer)}\n`);
  kept.delete();
}

/** The first rounds let the compiler of V8 do its work. */
function timeOf(work) {
  const times = [];
  for (let round = 0; round < 2 * Number(rounds); round += 1) {
    const began = performance.now();
    work();
    if (round >= rounds) times.push(performance.now() - began);
  }
  return times.toSorted((a, b) => a - b)[times.length >> 1];
}

/** Parses all, and digests each declaration. */
function digests(text) {
  const tree = parser.parse(text);
  const all = tree.rootNode.namedChildren
    .filter(({ type }) => type !== "comment")
    .map(({ startIndex, endIndex, type }) => [type, sha256(text.slice(startIndex, endIndex))]);
  tree.delete();
  return all;
}

/** A save does not tell where the edit was: that is found by comparing the texts. */
function declarationEdited(kept, before, after) {
  let start = 0;
  while (start < before.length && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < before.length - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const [oldEndIndex, newEndIndex] = [before.length - end, after.length - end];
  const tree = kept.copy();
  tree.edit(
    new Edit({
      startIndex: start,
      oldEndIndex,
      newEndIndex,
      startPosition: pointOf(before, start),
      oldEndPosition: pointOf(before, oldEndIndex),
      newEndPosition: pointOf(after, newEndIndex),
    }),
  );
  const next = parser.parse(after, tree);
  // Where the structure is another; a name for another is none, so that the text is looked at, too.
  const ranges = tree.getChangedRanges(next);
  const cursor = next.walk();
  cursor.gotoFirstChild();
  while (cursor.endIndex < start && cursor.gotoNextSibling());
  const found = [ranges, cursor.nodeType, sha256(after.slice(cursor.startIndex, cursor.endIndex))];
  for (const one of [cursor, tree, next]) one.delete();
  return found;
}

function pointOf(text, index) {
  let row = 0;
  let line = 0;
  for (let at = text.indexOf("\n"); at >= 0 && at < index; at = text.indexOf("\n", line)) {
    row += 1;
    line = at + 1;
  }
  return { row, column: index - line };
}

/** A name in the middle gets another letter. */
function withOtherToken(text) {
  const name = /\b[a-z]\w+\b/g;
  name.lastIndex = text.length >> 1;
  const at = name.exec(text)?.index ?? 0;
  return `${text.slice(0, at)}x${text.slice(at + 1)}`;
}

/** WebAssembly's memory grows by steps: counted are the trees between two of them. */
function bytesOfTree(text) {
  const trees = [];
  const steps = [];
  let last = process.memoryUsage().external;
  while (steps.length < 3 && trees.length < 100_000) {
    trees.push(parser.parse(text));
    const { external } = process.memoryUsage();
    if (external > last + (1 << 20)) steps.push({ external: last, count: trees.length });
    last = external;
  }
  const [, from, to] = steps;
  for (const tree of trees) tree.delete();
  return (to.external - from.external) / (to.count - from.count);
}

function sha256(text) {
  return createHash("sha256").update(text).digest("base64");
}
