import assert from "node:assert/strict";
import { test } from "node:test";
import type { Activity, View } from "../../core/view.ts";
import { footerWords, staleWords } from "./footer.ts";
import { PART_COLORS } from "./style.ts";
import type { WordOptions } from "./style.ts";
import { width } from "./text.ts";
import { calmView } from "../../../test/world/views.ts";

const options: WordOptions = {
  colors: false,
  columns: null,
  verbose: false,
  root: "/app",
  airWords: false,
  footer: true,
  partColors: PART_COLORS,
  readSource: () => null,
};
const well = calmView({
  newest: 12,
  serving: { generation: 12, build: 12, pid: 41, addresses: [], since: 0 },
  good: [12],
});
const diagnostic = { file: "/app/store.go", line: 1, column: 1, message: "bad", own: true };
const red: View = {
  ...well,
  newest: 13,
  stale: true,
  failed: 13,
  failure: { code: "BUILD_FAILED", message: "no", diagnostics: [diagnostic, diagnostic] },
};
const building: Activity = { type: "building", generation: 14, since: 12_000 };

test("the status line tells what is not as it should be, and nothing else", () => {
  checkFooter(well, null);
  checkFooter({ ...well, activity: { type: "collecting", since: 0 } }, null);
  checkFooter(red, "● #13 is not live: 2 errors in store.go — #12 serves (stale 14 s)");
  const waiting = { generation: 14, since: 0 };
  checkFooter({ ...well, waiting }, "#14 built and waiting 15 s, r swaps — #12 serves");
  checkFooter(
    { ...red, waiting: { ...waiting, generation: 12 } },
    "● #13 is not live: 2 errors in store.go — #12 built and waiting 15 s, r swaps — #12 serves (stale 14 s)",
  );
  checkFooter({ ...red, serving: null }, "● #13 is not live: 2 errors in store.go — nothing runs");
  checkFooter(
    { ...red, failure: { code: "START_EXITED", message: "exited with code 1" } },
    "● #13 is not live: exited with code 1 — #12 serves (stale 14 s)",
  );
  checkFooter({ ...well, activity: building }, "building #14… 3 s — #12 serves");
  checkFooter({ ...well, activity: { ...building, since: 14_900 } }, null);
  checkFooter({ ...well, serving: null, activity: building }, "building #14… 3 s — nothing runs");
  checkFooter(
    { ...red, activity: building },
    "● building #14… 3 s — #13 is not live: 2 errors in store.go — #12 serves (stale 14 s)",
  );
  checkFooter(
    { ...well, activity: { type: "rule", rule: "templ", since: 0 } },
    "templ runs… 15 s — #12 serves",
  );
  checkFooter({ ...well, paused: true }, "paused, p goes on");
  const modules = { type: "modules", command: null, progress: null, since: 0 } as const;
  const fetching = { done: 1, total: 3, current: "example.com/a v1.2.0" };
  checkFooter({ ...well, activity: modules }, "looking for modules… 15 s — #12 serves");
  checkFooter(
    { ...well, activity: { ...modules, progress: fetching } },
    "fetching 1 of 3 example.com/a v1.2.0… 15 s — #12 serves",
  );
  checkFooter(
    { ...well, activity: { ...modules, progress: { done: 0, total: 1, current: "go1.26.2" } } },
    "fetching go1.26.2… 15 s — #12 serves",
  );
  checkFooter(
    { ...well, activity: { ...modules, command: ["mod", "tidy"] } },
    "go mod tidy… 15 s — #12 serves",
  );
});

test("the status line offers the command that a failure names, where keys are read", () => {
  const failure = { code: "MODULE_SUM_MISSING", message: "go.sum does not know x" } as const;
  const view: View = { ...red, failure, fix: ["mod", "tidy"] };
  const serves = "#12 serves (stale 14 s)";
  const brief = "#13 is not live: go.sum does not know x";
  assert.equal(shown(view, true), `● ${brief} — g runs \`go mod tidy\` — ${serves}`);
  assert.equal(shown(view, false), `● ${brief} — ${serves}`);
  assert.equal(shown({ ...view, fix: null }, true), `● ${brief} — ${serves}`);
  assert.equal(
    shown({ ...view, activity: building }, true),
    `● building #14… 3 s — ${brief} — ${serves}`,
  );
});

test("the status line fits every terminal", () => {
  for (let columns = 1; columns < 90; columns += 1) {
    for (const colors of [false, true]) {
      const text = footerWords(red, 15_000, 1000, { ...options, columns, colors });
      assert.ok(text !== null && width(text) <= Math.max(1, columns - 1), String(columns));
    }
  }
});

test("a log says in a line what the status line would say", () => {
  checkStale(well, null);
  checkStale({ ...well, stale: true }, null);
  checkStale(red, "#13 is not live — #12 serves (stale 14 s)");
});

function shown(view: View, keys: boolean): string | null {
  return footerWords(view, 15_000, 1000, { ...options, keys });
}

function checkFooter(view: View, expected: string | null): void {
  assert.equal(footerWords(view, 15_000, 1000, options), expected);
}

function checkStale(view: View, expected: string | null): void {
  assert.equal(staleWords(view, 15_000, 1000), expected);
}
