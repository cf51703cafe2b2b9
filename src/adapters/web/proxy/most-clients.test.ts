import assert from "node:assert/strict";
import { test } from "node:test";
import { clientsFor } from "./most-clients.ts";

function check(limits: string, expected: number): void {
  assert.equal(clientsFor(limits), expected);
}

test("half of the descriptors that gust does not need itself are for clients", () => {
  const begin = "Limit                     Soft Limit           Hard Limit           Units\n";
  check(
    `${begin}Max open files            20000                20000                files\n`,
    9744,
  );
  check(
    `${begin}Max open files            unlimited            unlimited            files\n`,
    100_000,
  );
  check(`${begin}Max open files            64                   64                   files\n`, 1);
  check("", 4864);
});
