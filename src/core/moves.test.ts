import assert from "node:assert/strict";
import { test } from "node:test";
import type { DeclarationEdit } from "./go-meaning.ts";
import { withMoves } from "./moves.ts";
import type { CauseFile } from "./notice.ts";

/** `+ F 1` is a declaration F with the digest 1 that was added; files are `name change: edits`. */
function check(given: readonly string[], expected: readonly string[]): void {
  const files = withMoves(given.map(parse));
  assert.deepEqual(files.map(show), expected);
  assert.ok(!JSON.stringify(files).includes("digest"), "digests are nobody's business");
}

function parse(text: string): CauseFile {
  const [head = "", list = ""] = text.split(": ");
  const [path = "", change = "modified"] = head.split(" ");
  const edits = list.split(", ").flatMap((word): DeclarationEdit[] => {
    const [mark, name = "", digest = ""] = word.split(" ");
    if (mark === "~") return [{ edit: "changed", name }];
    return mark === "+" || mark === "-"
      ? [{ edit: mark === "+" ? "added" : "removed", name, digest }]
      : [];
  });
  const kinds = { created: "created", removed: "removed" } as const;
  const kind = change === "created" || change === "removed" ? kinds[change] : "modified";
  return { path, kind: "go", change: kind, edits };
}

function show({ path, edits = [] }: CauseFile): string {
  const marks = { added: "+", removed: "-", changed: "~", renamed: "→", moved: "←" };
  const words = edits.map(({ edit, name, from }) => `${marks[edit]} ${name} ${from ?? ""}`.trim());
  return `${path}: ${words.join(", ")}`;
}

test("what left one file and came into another as it was is told as moved", () => {
  check(["a.go: - F 1, ~ G", "b.go: + F 1"], ["a.go: ~ G", "b.go: ← F a.go"]);
  check(["b.go: + F 1", "a.go: - F 1"], ["b.go: ← F a.go", "a.go: "]);
});

test("what is not the same was not moved", () => {
  check(["a.go: - F 1", "b.go: + F 2"], ["a.go: - F", "b.go: + F"]);
  check(["a.go: + F 1", "b.go: + F 1"], ["a.go: + F", "b.go: + F"]);
});

test("one that left is told once", () => {
  check(["a.go: - F 1", "b.go: + F 1", "c.go: + F 1"], ["a.go: ", "b.go: ← F a.go", "c.go: + F"]);
});

test("of a file that is new or gone only what was moved is told", () => {
  check(["a.go: - F 1", "b.go created: + F 1, + G 2"], ["a.go: ", "b.go: ← F a.go"]);
  check(["a.go removed: - F 1, - G 2", "b.go: + F 1"], ["a.go: ", "b.go: ← F a.go"]);
});
