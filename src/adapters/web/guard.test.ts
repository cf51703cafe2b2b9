import assert from "node:assert/strict";
import { test } from "node:test";
import { type Trust, trustOf } from "./guard.ts";

const plain = { hosts: ["shop.test"], remote: false };

function check(
  headers: Readonly<Record<string, string>>,
  expected: Trust,
  peer = "127.0.0.1",
  options = plain,
): void {
  assert.equal(trustOf({ host: "localhost:8080", ...headers }, peer, options), expected);
}

test("this machine is trusted by a name of its own", () => {
  check({}, "full");
  check({}, "full", "::1");
  check({}, "full", "::ffff:127.0.0.1");
  check({ host: "shop.test" }, "full");
  check({ host: "Shop.Test:8080" }, "full");
  check({ host: "shop.test" }, "full", "::1", { ...plain, hosts: ["Shop.Test"] });
  check({ host: "[::1]:8080" }, "full");
  check({ host: "evil.example" }, "plain");
  check({ host: "" }, "plain");
  check({}, "plain", "192.0.2.1");
  check({}, "plain", "");
  check({}, "full", "192.0.2.1", { ...plain, remote: true });
});

test("a proxy on this machine speaks for whom it says", () => {
  check({ "x-forwarded-for": "127.0.0.1" }, "full");
  check({ "x-forwarded-for": "::1, ::ffff:127.0.0.1, 127.0.0.1" }, "full");
  check({ "x-forwarded-for": "192.0.2.1" }, "plain");
  check({ "x-forwarded-for": "127.0.0.1, 192.0.2.1" }, "plain");
  check({ "x-forwarded-for": "127.0.0.1.example" }, "plain");
  check({ "x-forwarded-for": "2001:db8::1" }, "plain");
  check({ "x-real-ip": "192.0.2.1" }, "plain");
  check({ "cf-connecting-ip": "192.0.2.1" }, "plain");
  check({ forwarded: "for=192.0.2.1;proto=https" }, "plain");
  check({ forwarded: 'proto=https; for="[2001:db8::1]:4711"' }, "plain");
  check({ forwarded: "for=127.0.0.1, for=_hidden" }, "plain");
  check({ forwarded: 'for="[::1]:4711";by=127.0.0.1' }, "full");
  check({ "x-forwarded-for": "192.0.2.1" }, "full", "127.0.0.1", { ...plain, remote: true });
});
