import assert from "node:assert/strict";
import { test } from "node:test";
import type { Shown } from "../logs.ts";
import { type PrintOptions, openPrinter } from "./print.ts";

const run = new Date(2026, 0, 31, 12, 0, 0).getTime();
const line = (text: string, more: Partial<Extract<Shown, { type: "line" }>> = {}): Shown => ({
  type: "line",
  run,
  generation: 3,
  pid: 7,
  stream: "stdout",
  time: run + 61_005,
  text,
  level: null,
  ...more,
});
const gap = (why: "dropped" | "rotated"): Shown => ({
  type: "gap",
  run,
  generation: 3,
  time: run,
  why,
  bytes: 99,
});
const plain: PrintOptions = { json: false, time: false, terminal: false, oneVersion: false };

function printed(options: Partial<PrintOptions>, ...items: readonly Shown[]): string {
  let text = "";
  const io = {
    stdout: (more: string) => void (text += more),
    stderr: assert.fail,
    cwd: "/",
    env: {},
  };
  const printer = openPrinter({ ...plain, ...options }, io);
  for (const item of items) printer.print(item);
  return text;
}

const red = "\u{1b}[31mred\u{1b}[0m";

test("escape sequences are for terminals", () => {
  assert.equal(printed({}, line(red)), "#3 red\n");
  assert.equal(printed({ terminal: true }, line(red)), `#3 ${red}\n`);
  const told = JSON.parse(printed({ json: true }, line(red))) as { text: string };
  assert.equal(told.text, red);
});

test("a line has its number, its time, and what is missing before it", () => {
  assert.equal(printed({ oneVersion: true }, line("a")), "a\n");
  assert.equal(printed({ time: true }, line("a")), "12:01:01.005 #3 a\n");
  assert.match(printed({}, gap("dropped")), /^#3 — 99 bytes are missing here/);
  assert.match(printed({}, gap("rotated")), /^#3 — 99 bytes before this are no longer kept/);
  assert.equal(
    printed({}, line("a"), line("b", { run: run + 1000, generation: 1 })),
    "#3 a\n— gust started again at 2026-01-31 12:00:01 —\n#1 b\n",
  );
});
