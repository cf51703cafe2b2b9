import assert from "node:assert/strict";
import { test } from "node:test";
import { Tickets } from "./tickets.ts";

test("a ticket is good once, and for a minute", () => {
  let now = 0;
  const tickets = new Tickets(() => now);
  const [one, two, late] = [tickets.issue(), tickets.issue(), tickets.issue()];
  assert.notEqual(one, two);
  assert.ok(one.length >= 32);
  assert.equal(tickets.take(one), true);
  assert.equal(tickets.take(one), false);
  assert.equal(tickets.take(""), false);
  assert.equal(tickets.take("constructor"), false);
  now = 60_000;
  assert.equal(tickets.take(two), true);
  now = 60_001;
  assert.equal(tickets.take(late), false);
});
