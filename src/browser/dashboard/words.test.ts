import assert from "node:assert/strict";
import { test } from "node:test";
import { failingBoard, goodBoard, waitingBoard } from "../../../test/e2e/dashboard-worlds.ts";
import { root } from "../../../test/e2e/dashboard-saves.ts";
import type { ServiceBoard } from "../../core/dashboard.ts";
import * as words from "./words.ts";

test("times and sizes are as short as they can be", () => {
  assert.deepEqual([0, 318, 999.7, 2449, 41_900, 185_000].map(words.duration), [
    "0 ms",
    "318 ms",
    "1.0 s",
    "2.4 s",
    "41 s",
    "3 min 5 s",
  ]);
  assert.deepEqual([59_999, 3_600_000, 187_200_000].map(words.elapsed), ["59 s", "1 h", "2 d 4 h"]);
  assert.deepEqual([0, 999, 4096, 123_456, 9_412_608].map(words.bytes), [
    "0 B",
    "999 B",
    "4.1 kB",
    "123 kB",
    "9.4 MB",
  ]);
  assert.deepEqual(
    [words.growth(10, 10), words.growth(0, 1500), words.growth(640, 0)],
    ["the same", "+1.5 kB", "−640 B"],
  );
});

test("edits are told as the terminal tells them", () => {
  assert.equal(editOf("changed", "(*API).Create"), "~ (*API).Create");
  assert.equal(editOf("added", "parseLimit"), "+ parseLimit");
  assert.equal(editOf("removed", "oldHelper"), "− oldHelper");
  assert.equal(editOf("renamed", "List", "All"), "All → List");
  assert.equal(editOf("moved", "Get", "/src/store/get.go"), "Get ← store/get.go");
});

test("a file is named from the root, and its name hides nothing", () => {
  assert.equal(words.fileName("/src/a/b.go", "/src"), "a/b.go");
  assert.equal(words.fileName("/srcs/b.go", "/src"), "/srcs/b.go");
  assert.equal(words.fileName("C:\\src\\b.go", "C:\\src"), "b.go");
  assert.equal(words.fileName("/src/\u{202e}og.b", "/src"), "\u{fffd}og.b");
});

test("addresses that a browser can open are links", () => {
  assert.equal(urlOf("tcp", "[::]:8080"), "http://localhost:8080");
  assert.equal(urlOf("tcp", "127.0.0.1:80"), "http://127.0.0.1:80");
  assert.equal(urlOf("tcp", "[::1]:80"), "http://[::1]:80");
  assert.equal(urlOf("unix", "/run/app.sock"), null);
  assert.equal(urlOf("tcp", "javascript:alert(1)"), null);
});

test("how it is with a service is told in one line", () => {
  const good = goodBoard("api");
  checkStanding(good, "good", "#40 is live");
  checkStanding(failingBoard("api"), "bad", "#60 is not live; #59 serves on");
  checkStanding(waitingBoard("api"), "warn", "#40 is built and waits; #39 serves on");
  const state = { ...good.state, newest: 41, live: false };
  checkStanding({ ...good, state }, "warn", "#41 is not what serves; #40 serves on");
  const building = { ...state, activity: "building" };
  checkStanding({ ...good, state: building }, "busy", "#41 is being built; #40 serves on");
  const first = { ...building, serving: null, newest: 1 };
  checkStanding({ ...good, state: first }, "busy", "#1 is being built");
  checkStanding({ ...good, state: { ...first, activity: "idle" } }, "none", "nothing runs");
  const [newest, ...others] = good.saves;
  assert.ok(newest !== undefined);
  const back = { ...good, saves: [{ ...newest, outcome: "rolled-back" as const }, ...others] };
  const served = { generation: 39, build: 39, pid: 1, addresses: [] };
  checkStanding(
    { ...back, state: { ...state, newest: 40, serving: served } },
    "warn",
    "#39 is live again in place of #40",
  );
  const waits = { ...state, activity: "waiting", waitsFor: ["db", "mail"] };
  checkStanding({ ...good, state: waits }, "busy", "#41 waits for db and mail; #40 serves on");
});

test("screen readers are told why", () => {
  assert.equal(
    words.announcement(failingBoard("api")),
    "api: #60 is not live; #59 serves on: api does not compile: 2 errors",
  );
});

test("a save is named by what came of it and why", () => {
  const [save] = failingBoard("").saves;
  assert.ok(save !== undefined);
  assert.equal(
    words.saveWords(save, root),
    "#60 not live after 101 ms, api/entries.go, store/entry.go new, web/page.html",
  );
});

test("what became of connections is one sentence", () => {
  assert.equal(told(0, 0, 0), "no connection was open");
  assert.equal(told(1, 0, 0), "1 connection went on with the next version");
  assert.equal(
    told(2, 1, 3),
    "2 connections went on with the next version, 1 answer without an end was closed and 3 connections were cut",
  );
});

const told = (moved: number, closed: number, cut: number): string =>
  words.drainWords({ moved, closed, cut, goroutines: [], descriptors: null });

const editOf = (
  kind: "changed" | "added" | "removed" | "renamed" | "moved",
  name: string,
  from?: string,
): string => words.editWords({ edit: kind, name, ...(from === undefined ? {} : { from }) }, "/src");

const urlOf = (network: "tcp" | "udp" | "unix", address: string): string | null =>
  words.addressUrl({ network, address });

const checkStanding = (board: ServiceBoard, tone: string, text: string): void =>
  assert.deepEqual(words.standing(board), { tone, words: text });

test("a run of tests is told by how many of them run", () => {
  checkRun(0, 3, "no test is affected");
  checkRun(1, 1, "1 test in 1 package");
  checkRun(2, 2, "all 2 tests in 1 package");
  checkRun(1, 2, "1 of 2 tests in 1 package");
});

const checkRun = (tests: number, known: number, text: string): void =>
  assert.equal(words.selectionWords({ tests, known, packages: 1, names: [], reasons: [] }), text);
