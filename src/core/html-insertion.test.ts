import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { TagInserter } from "./html-insertion.ts";

/**
 * Of test/fixtures/web/insertion.json: `page` is sent as UTF-8 without its `‸`, which is where the tag
 * goes; without one, or with `hex`, the page stays as it is.
 */
interface Sample {
  readonly name: string;
  readonly page?: string;
  readonly hex?: string;
}

const CARET = "‸";
const TAG = '<script src="/__gust/client.js" data-build="7"></script>';

const samples: readonly Sample[] = JSON.parse(
  readFileSync("test/fixtures/web/insertion.json", "utf8"),
);

for (const { name, page, hex = "" } of samples) {
  const text = page ?? Buffer.from(hex, "hex").toString("latin1");
  const coding = page === undefined ? "latin1" : "utf8";
  const sent = Buffer.from(text.replace(CARET, ""), coding);
  const expected = Buffer.from(text.replace(CARET, TAG), coding);

  test(`${name}: in one part, byte by byte, and cut at each place`, () => {
    assert.equal(through([sent]), expected.toString("latin1"));
    assert.equal(
      through([...sent].map((byte) => Uint8Array.of(byte))),
      expected.toString("latin1"),
    );
    for (let cut = 1; cut < sent.length; cut += 1) {
      const parts = [sent.subarray(0, cut), sent.subarray(cut)];
      assert.equal(through(parts), expected.toString("latin1"), `cut at ${cut}`);
    }
  });

  test(`${name}: nothing is held back but what may be one of the tags it goes behind`, () => {
    const inserter = new TagInserter(TAG);
    let [given, passed] = [0, 0];
    for (const byte of sent) {
      given += 1;
      for (const part of inserter.push(Uint8Array.of(byte))) passed += part.length;
      const behind = given - (inserter.outcome === "inserted" ? passed - TAG.length : passed);
      assert.ok(behind < '<script src="/__gust/client.js"'.length, `${behind} bytes are held`);
    }
  });
}

test("an outcome is told", () => {
  const outcomeOf = (page: string): string => {
    const inserter = new TagInserter(TAG);
    inserter.push(Buffer.from(page));
    inserter.end();
    return inserter.outcome;
  };
  assert.equal(outcomeOf("<p>"), "inserted");
  assert.equal(outcomeOf(""), "inserted");
  assert.equal(outcomeOf("<!-- "), "impossible");
  assert.equal(outcomeOf("\u00ff\u00fe"), "inserted");
  assert.equal(outcomeOf(TAG), "present");
});

function through(parts: readonly Uint8Array[]): string {
  const inserter = new TagInserter(TAG);
  const passed = [...parts.flatMap((part) => inserter.push(part)), ...inserter.end()];
  return Buffer.concat(passed).toString("latin1");
}
