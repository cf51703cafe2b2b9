import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { allowGust } from "./content-security.ts";

/** Of test/fixtures/web/csp.json; where a new nonce is needed it is `bmV3`. */
interface Sample {
  readonly name: string;
  readonly origin: string;
  readonly policies: readonly string[];
  /** The policies afterwards. */
  readonly expected: readonly string[];
  readonly nonce: string | null;
  readonly fresh: boolean;
  readonly scripts: boolean;
}

const samples: readonly Sample[] = JSON.parse(readFileSync("test/fixtures/web/csp.json", "utf8"));

for (const { name, origin, policies, expected, nonce, fresh, scripts } of samples) {
  test(name, () => {
    const wanted = { policies: expected, nonce, fresh, scripts };
    assert.deepEqual(allowGust(policies, origin, "bmV3"), wanted);
    // What was allowed once needs nothing more.
    const again = allowGust(expected, origin, nonce ?? "bmV3");
    assert.deepEqual(again, { ...wanted, fresh: false });
  });
}
