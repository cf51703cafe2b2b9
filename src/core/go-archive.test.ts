import assert from "node:assert/strict";
import { test } from "node:test";
import { readGoArchive } from "./go-archive.ts";

function archiveOf(definition: string): Uint8Array {
  const size = String(definition.length).padEnd(10);
  const header = `__.PKGDEF       0           0     0     644     ${size}\`\n`;
  return Buffer.from(`!<arch>\n${header}${definition}_go_.o and the rest`, "latin1");
}

const head = 'go object linux amd64 go1.26.8 X:a,b\nbuild id "abc/def"\n';

function check(definition: string, id: string, exports: string): void {
  const bytes = archiveOf(definition);
  const archive = readGoArchive(bytes);
  const { start = 0, end = 0 } = archive?.exports ?? {};
  const seen = Buffer.from(bytes.subarray(start, end)).toString("latin1");
  assert.deepEqual([archive?.buildId, seen], [id, exports]);
}

test("what importers see begins after the header with the build ID", () => {
  check(`${head}\n$$B\nu\x00\xff\n$$\n`, "abc/def", "\n\n$$B\nu\x00\xff\n$$\n");
  check(`${head}main\n\n$$B\nu\n$$\n`, "abc/def", "\n\n$$B\nu\n$$\n");
  check("go object linux amd64 go1.26.8\n\n$$B\nu\n$$\n", "", "\n\n$$B\nu\n$$\n");
});

test("what is no compiled package is none", () => {
  for (const text of [
    "",
    "!<arch>\n",
    "\x7fELF",
    "!<arch>\nother.o         0 0 0 644 5 `\nabcde",
  ]) {
    assert.equal(readGoArchive(Buffer.from(text)), null, text);
  }
  const whole = archiveOf("go object linux amd64\n\n$$B\nlong enough\n$$\n");
  assert.equal(readGoArchive(whole.subarray(0, 90)), null);
});
