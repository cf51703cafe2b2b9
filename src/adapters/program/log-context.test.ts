import assert from "node:assert/strict";
import { test } from "node:test";
import { LogContexts, attributes } from "./log-context.ts";

const counted = (): ((size: number) => Buffer) => {
  let next = 0;
  return (size) => Buffer.alloc(size, next++);
};

test("the first process gives the run its number, and each one is counted", () => {
  const contexts = new LogContexts("r", counted());
  const first = contexts.next(1, {});
  assert.deepEqual(first.env, {
    GUST_ORIG_PID: "",
    GUST_RELOAD_COUNT: "0",
    TRACEPARENT: "00-00000000000000000000000000000001-0101010101010101-01",
    OTEL_RESOURCE_ATTRIBUTES:
      "service.instance.id=r-0,gust.build=1,gust.reload_count=0,gust.orig_pid=",
  });
  assert.equal(first.context().origPid, null);
  first.started(40);
  assert.equal(first.context().origPid, 40);
  const second = contexts.next(4, { OTEL_RESOURCE_ATTRIBUTES: "service.name=api" });
  second.started(50);
  assert.equal(second.env["GUST_ORIG_PID"], "40");
  assert.equal(
    second.env["OTEL_RESOURCE_ATTRIBUTES"],
    "service.name=api,service.instance.id=r-1,gust.build=4,gust.reload_count=1,gust.orig_pid=40",
  );
  assert.equal(second.context().origPid, 40);
  assert.equal(second.context().reloadCount, 1);
});

test("a program that could not be started gives no number", () => {
  const contexts = new LogContexts("r", counted());
  contexts.next(1, {});
  const second = contexts.next(1, {});
  assert.equal(second.env["GUST_ORIG_PID"], "");
  second.started(7);
  assert.equal(contexts.next(2, {}).env["GUST_ORIG_PID"], "7");
});

const check = (users: string, expected: string) =>
  assert.equal(attributes(users, [["a.b", "x,y"]]), expected);

test("the user's attributes stay and win", () => {
  check("", "a.b=x%2Cy");
  check("service.name=api", "service.name=api,a.b=x%2Cy");
  check("service.name=api,", "service.name=api,a.b=x%2Cy");
  check(" a.b = mine", "a.b = mine");
});
