import assert from "node:assert/strict";
import { test } from "node:test";
import { socketsFor, withoutManager } from "./sockets.ts";

function check(
  env: Readonly<Record<string, string>>,
  listen: readonly string[],
  expected: unknown,
): void {
  assert.deepEqual(socketsFor(env, 12, listen), expected);
}

test("sockets that were passed on come first, with their names", () => {
  check({ LISTEN_PID: "12", LISTEN_FDS: "2", LISTEN_FDNAMES: "web" }, ["api=:80"], {
    inherited: [3, 4],
    names: ["web", "unknown"],
    listen: ["api=:80"],
  });
});

test("what was meant for another process is left alone", () => {
  check({ LISTEN_PID: "13", LISTEN_FDS: "2" }, [], null);
  check({ LISTEN_FDS: "2" }, [], null);
  check({ LISTEN_PID: "12", LISTEN_FDS: "x" }, [], null);
  check({}, [], null);
});

test("an address is a port, a host with a port, or a file", () => {
  const fine = [
    ":80",
    "[::1]:80",
    "web=127.0.0.1:80",
    "unix:/run/a=b.sock",
    "web=unix:/run/a.sock",
  ];
  check({}, fine, { inherited: [], names: [], listen: fine });
  for (const one of ["", "=:80", ":80=web"]) {
    const result = socketsFor({}, 12, [one]);
    assert.ok(result !== null && "code" in result, one);
  }
});

test("the program does not hear what was told to gust", () =>
  assert.deepEqual(withoutManager({ A: "1", NOTIFY_SOCKET: "@x", LISTEN_FDS: "1" }), { A: "1" }));
