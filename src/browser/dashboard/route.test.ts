import assert from "node:assert/strict";
import { test } from "node:test";
import { fragmentOf, routeOf, tokenOf } from "./route.ts";

test("a route is what its fragment says", () => {
  for (const service of [null, "", "api", "a&tab=logs #ö"]) {
    const route = { service, tab: "logs" as const };
    assert.deepEqual(routeOf(fragmentOf(route)), route);
  }
});

test("what is not known in a fragment leads to the overview", () => {
  for (const fragment of ["", "#", "#tab=nothing", "#panel", "#%"]) {
    assert.deepEqual(routeOf(fragment), { service: null, tab: "overview" });
  }
});

test("the token is taken out, and the rest stays", () => {
  assert.deepEqual(tokenOf("#token=a-b_c"), { token: "a-b_c", rest: "" });
  assert.deepEqual(tokenOf("#tab=logs&token=x"), { token: "x", rest: "#tab=logs" });
  assert.deepEqual(tokenOf("#tab=logs"), { token: null, rest: "#tab=logs" });
});
