import assert from "node:assert/strict";
import { test } from "node:test";
import { consoleText, stackPlace } from "./console-text.ts";

const check = (args: readonly unknown[], expected: string): void =>
  assert.equal(consoleText(args), expected);

class Shop {
  readonly name = "corner";
}

test("arguments become text as a console shows them", () => {
  check([], "");
  check(["one", 2, true, null, undefined], "one 2 true null undefined");
  check([{ a: 1, b: ["x", { c: 2n }] }], '{a: 1, b: ["x", {c: 2n}]}');
  check([new Shop()], 'Shop {name: "corner"}');
  check([new Map([["a", 1]]), new Set([1, 2])], 'Map {["a", 1]} Set {1, 2}');
  check([new TypeError("no such thing")], "TypeError: no such thing");
  check([new Error("outer", { cause: new Error("inner") })], "Error: outer (cause: Error: inner)");
  check([new Date(0), Symbol("s")], "1970-01-01T00:00:00.000Z Symbol(s)");
  check([new Date(Number.NaN)], "Invalid Date");
  check([check], "[function check]");
});

test("placeholders of the first argument are filled in", () => {
  check(["%s has %d, %i and %f", "a", 1, 2, 3.5], "a has 1, 2 and 3.5");
  check(["%cred%c plain", "color: red", ""], "red plain");
  check(["100%% of %o", { a: 1 }, "rest"], "100% of {a: 1} rest");
  check(["%s and %s", "one"], "one and %s");
});

test("nothing of the page's own is called", () => {
  let called = 0;
  const call = (): never => {
    called += 1;
    throw new Error("called");
  };
  const tricky = { toString: call, toJSON: call, [Symbol.toPrimitive]: call };
  Object.defineProperty(tricky, "got", { get: call, enumerable: true });
  const text = consoleText([tricky, "%s", tricky]);
  assert.match(text, /got: \[getter\]/);
  assert.equal(called, 0);
  const proxy = new Proxy({}, { ownKeys: call, getPrototypeOf: call });
  check([proxy, "after"], "[unreadable] after");
  const liar = new Error("told");
  Object.defineProperty(liar, "message", { get: call });
  assert.equal(consoleText([liar]), "Error");
});

test("there is a limit to depth, number and length", () => {
  const round: Record<string, unknown> = { name: "a" };
  round["self"] = round;
  check([round], '{name: "a", self: [circular]}');
  check([{ a: { b: { c: { d: 1 } } } }], "{a: {b: {c: [object]}}}");
  check([[[[[1]]]]], "[[[[object]]]]");
  assert.match(consoleText([Array.from({ length: 1000 }, () => 1)]), /1, … 980 more\]$/);
  assert.equal(consoleText(["x".repeat(100_000)]), `${"x".repeat(4000)}…`);
  const wide = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`k${index}`, 1]));
  assert.match(consoleText([wide]), /k19: 1, … 80 more\}$/);
});

test("the place is the first frame that is not gust's", () => {
  const chromium = `Error: here
    at console.listening [as error] (http://localhost:8080/__gust/client.js:1:900)
    at pay (http://localhost:8080/static/shop.js:12:7)
    at http://localhost:8080/static/shop.js:30:1`;
  const firefox = `listening@http://localhost:8080/__gust/client.js:1:900
pay@http://localhost:8080/static/shop.js:12:7
`;
  for (const stack of [chromium, firefox]) {
    assert.equal(
      stackPlace(stack, "/__gust/client.js"),
      "http://localhost:8080/static/shop.js:12:7",
    );
  }
  assert.equal(stackPlace("Error\n    at <anonymous>", "x"), null);
  assert.equal(stackPlace("", "x"), null);
});
