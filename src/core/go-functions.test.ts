import assert from "node:assert/strict";
import { test } from "node:test";
import { goFunctions } from "./go-functions.ts";

interface Shape {
  readonly pointer?: 4 | 8;
  readonly little?: boolean;
  readonly magic?: number;
  /** Bytes before it. */
  readonly before?: readonly number[];
}

type Functions = readonly (readonly [name: string, size: number])[];

/** A table as Go's linker lays it out, with these functions one after the other. */
function tableOf(functions: Functions, shape: Shape = {}): Uint8Array {
  const { pointer = 8, little = true, magic = 0xff_ff_ff_f1, before = [] } = shape;
  const names = Buffer.from(functions.map(([name]) => `${name}\0`).join(""), "utf8");
  const header = 8 + 8 * pointer;
  const entries = functions.length * 8 + 4;
  const bytes = new Uint8Array(header + names.length + entries + functions.length * 8);
  const view = new DataView(bytes.buffer);
  const word = (index: number, value: number): void => {
    const at = 8 + index * pointer;
    if (pointer === 4) view.setUint32(at, value, little);
    else view.setBigUint64(at, BigInt(value), little);
  };
  view.setUint32(0, magic, little);
  view.setUint8(6, 1);
  view.setUint8(7, pointer);
  word(0, functions.length);
  word(3, header);
  const base = header + names.length;
  word(7, base);
  bytes.set(names, header);
  let code = 0;
  let name = 0;
  for (const [index, [text, size]] of functions.entries()) {
    const known = entries + index * 8;
    view.setUint32(base + index * 8, code, little);
    view.setUint32(base + index * 8 + 4, known, little);
    view.setUint32(base + known, code, little);
    view.setInt32(base + known + 4, name, little);
    code += size;
    name += Buffer.byteLength(text) + 1;
  }
  view.setUint32(base + functions.length * 8, code, little);
  return Uint8Array.from([...before, ...bytes]);
}

const decode = (bytes: Uint8Array): string => Buffer.from(bytes).toString("utf8");

function check(bytes: Uint8Array, expected: Functions | null): void {
  const found = goFunctions(bytes, decode);
  assert.deepEqual(found === null ? null : [...found], expected);
}

const some: Functions = [
  ["main.main", 128],
  ["main.(*T).größe", 32],
  ["net/http.Serve", 0],
];

test("names and sizes of functions, of each kind of machine and of Go since 1.18", () => {
  check(tableOf(some), some);
  check(tableOf(some, { pointer: 4 }), some);
  check(tableOf(some, { little: false }), some);
  check(tableOf(some, { magic: 0xff_ff_ff_f0, pointer: 4, little: false }), some);
  check(
    tableOf([
      ["a.F", 1],
      ["a.F", 2],
    ]),
    [["a.F", 3]],
  );
});

test("the table is found wherever it is, behind what only looks like one", () => {
  const magic = [0xf1, 0xff, 0xff, 0xff, 0, 0];
  check(tableOf(some, { before: [...magic, 1, 8, 0, 0, 0, ...magic, 9, 9, ...magic] }), some);
  check(tableOf(some, { before: Array.from({ length: 1001 }, () => 0xf1) }), some);
});

test("what is no table, or half of one, is none", () => {
  check(new Uint8Array(0), null);
  check(Uint8Array.from([0xf1, 0xff, 0xff, 0xff, 0, 0]), null);
  check(tableOf(some, { magic: 0xff_ff_ff_fa }), null);
  check(tableOf([]), null);
  const whole = tableOf(some);
  for (let length = 0; length < whole.length; length += 1) {
    check(whole.slice(0, length), null);
  }
});

test("bytes at random are no table, and lead to no error", () => {
  let seed = 1;
  const whole = tableOf(some);
  for (let time = 0; time < 5000; time += 1) {
    const bytes = Uint8Array.from(whole);
    seed = (seed * 48_271) % 2_147_483_647;
    bytes[seed % bytes.length] = seed % 251;
    goFunctions(bytes, decode);
  }
});
