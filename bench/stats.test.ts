import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { median, quantile, ratio } from "./stats.ts";

test("the median is the middle value, or the mean of the two middle ones", () => {
  equal(median([3, 1, 2]), 2);
  equal(median([4, 1, 3, 2]), 2.5);
  equal(median([7]), 7);
  deepEqual(median([]), Number.NaN);
});

test("a quantile is a value that was measured", () => {
  const twenty = Array.from({ length: 20 }, (_, index) => 20 - index);
  equal(quantile(twenty, 0.95), 19);
  equal(quantile(twenty, 1), 20);
  equal(quantile(twenty, 0), 1);
  equal(quantile([5], 0.95), 5);
  deepEqual(quantile([], 0.95), Number.NaN);
});

test("a ratio compares round by round, so that a slow round counts once", () => {
  equal(ratio([20, 2000, 20], [10, 1000, 10]), 2);
  equal(ratio([20, Number.NaN, 30], [10, 10, 10]), 2.5);
  equal(ratio([20, 30], [0, 10]), 3);
  equal(ratio([1, 4], [2]), 0.5);
  deepEqual(ratio([1], []), Number.NaN);
});
