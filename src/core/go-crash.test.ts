import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { Crash } from "./failure.ts";
import { parseCrash, parsePortTaken } from "./go-crash.ts";
import type { PortTaken } from "./go-crash.ts";

const dir = "/home/ada/shop";

/** What the runtime printed, as it was; only the directories were renamed. */
function trace(name: string): string {
  return readFileSync(`test/fixtures/crashes/${name}.txt`, "utf8");
}

/** `place` is `function file:line`, with the file relative to the project. */
function check(output: string, kind: Crash["kind"], message: string, place: string | null): void {
  const crash = parseCrash(output, [dir]);
  assert.ok(crash !== null, "no crash was found");
  const { frame } = crash;
  const seen = frame && `${frame.function} ${frame.file.slice(dir.length + 1)}:${frame.line}`;
  assert.deepEqual(
    { kind: crash.kind, message: crash.message, place: seen ?? null },
    { kind, message, place },
  );
}

const shop = "internal/shop/shop.go";

test("a panic is told with its first line and the first own frame", () => {
  const range = "panic: runtime error: index out of range [3] with length 1";
  check(trace("index-out-of-range"), "panic", range, `shop.Run ${shop}:3`);
  const pointer = "panic: runtime error: invalid memory address or nil pointer dereference";
  check(trace("nil-pointer"), "panic", pointer, `shop.Run ${shop}:5`);
  check(trace("panic-in-goroutine"), "panic", "panic: custom failure", `shop.Run.func1 ${shop}:6`);
  check(trace("panic-with-struct"), "panic", "panic: (shop.S) 0x497df0", `shop.Run ${shop}:4`);
  check(trace("index-out-of-range").replaceAll("\n", "\r\n"), "panic", range, `shop.Run ${shop}:3`);
});

test("a panic that was caught and thrown again leads to where it came from", () => {
  const both = "panic: first, then panic: wrapped: first";
  check(trace("panic-thrown-again"), "panic", both, `shop.Run ${shop}:11`);
  check(trace("same-panic-thrown-again"), "panic", "panic: same", `shop.Run ${shop}:8`);
});

test("a panic without a trace is one if nothing follows it", () => {
  check("starting\npanic: no trace\n\n", "panic", "panic: no trace", null);
  assert.equal(parseCrash("panic: don't\nI said don't\nall is well\n", [dir]), null);
});

test("paths that -trimpath cut have no frame, because nobody knows whose they are", () => {
  check(trace("generic-trimpath"), "panic", "panic: generic", null);
});

test("frames in vendor directories and other people's modules are passed over", () => {
  const output = trace("index-out-of-range").replace("shop/internal", "shop/vendor/internal");
  const message = "panic: runtime error: index out of range [3] with length 1";
  check(output, "panic", message, "main.main main.go:6");
});

test("the last crash counts, and what net/http caught is none", () => {
  const message = 'panic: Get "http://127.0.0.1:43277": EOF';
  check(trace("http-panic-then-panic"), "panic", message, `shop.Run ${shop}:9`);
  const caught = trace("http-panic-then-panic").split("\npanic: ")[0] ?? "";
  assert.match(caught, /http: panic serving/);
  assert.equal(parseCrash(caught, [dir]), null);
});

test("fatal errors and deadlocks are told apart", () => {
  const all = "fatal error: all goroutines are asleep - deadlock!";
  check(trace("deadlock"), "deadlock", all, `shop.Run ${shop}:3`);
  const none = "fatal error: no goroutines (main called runtime.Goexit) - deadlock!";
  check(trace("no-goroutines"), "deadlock", none, null);
  const maps = "fatal error: concurrent map writes";
  check(trace("concurrent-map-writes"), "fatal", maps, `shop.Run.func1 ${shop}:5`);
  check(trace("stack-overflow"), "fatal", "fatal error: stack overflow", `shop.f ${shop}:4`);
  const mutex = "fatal error: sync: unlock of unlocked mutex";
  check(trace("unlock-of-unlocked"), "fatal", mutex, `shop.Run ${shop}:4`);
});

test("signals that the runtime reports are told with the frame that was reached", () => {
  const segv = "SIGSEGV: segmentation violation";
  check(trace("segfault-in-c"), "signal", segv, `shop.Run ${shop}:8`);
  check(trace("sigquit"), "signal", "SIGQUIT: quit", `shop.Run ${shop}:4`);
});

test("a data race counts unless the program crashed after it", () => {
  check(trace("data-race"), "data-race", "WARNING: DATA RACE", `shop.Run.func1 ${shop}:13`);
  const later = trace("data-race") + trace("deadlock");
  const message = "fatal error: all goroutines are asleep - deadlock!";
  check(later, "deadlock", message, `shop.Run ${shop}:3`);
});

test("log.Fatal and plain output are no crash", () => {
  for (const output of ["", "2026/11/23 15:32:14 cannot open the store\n", trace("port-taken")]) {
    assert.equal(parseCrash(output, [dir]), null);
  }
});

function checkPort(output: string, expected: PortTaken | null): void {
  assert.deepEqual(parsePortTaken(output), expected);
}

test("an address in use is found with its port", () => {
  checkPort(trace("port-taken"), { port: 18533, address: "127.0.0.1:18533" });
  checkPort("2026/11/23 15:32:14 listen tcp :8080: bind: address already in use\n", {
    port: 8080,
    address: ":8080",
  });
  checkPort("listen tcp [::1]:80: bind: address already in use", { port: 80, address: "[::1]:80" });
  checkPort("listen unix /run/app.sock: bind: address already in use", {
    port: null,
    address: "/run/app.sock",
  });
  checkPort(
    "listen tcp :9: bind: Only one usage of each socket address (protocol/network address/port) " +
      "is normally permitted.",
    { port: 9, address: ":9" },
  );
  checkPort("Error: listen EADDRINUSE: address already in use :::3000", {
    port: 3000,
    address: ":::3000",
  });
  checkPort("OSError: [Errno 98] Address already in use", { port: null, address: "an address" });
  checkPort("listening on :8080\n", null);
});
