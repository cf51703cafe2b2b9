/** How many bytes of code each function of a binary has, by its name. */
export type FunctionSizes = ReadonlyMap<string, number>;

/** The text of bytes that are UTF-8. */
export type Decode = (bytes: Uint8Array) => string;

/**
 * The functions of a Go binary, from the table that its runtime needs for stack traces: it is there in
 * binaries without symbols, too, and whatever the format of the file. `bytes` may begin anywhere before
 * that table and has to have all of it. Null where there is none (Go before 1.18, no Go at all).
 */
export function goFunctions(bytes: Uint8Array, decode: Decode): FunctionSizes | null {
  for (const [magic, little] of MAGICS) {
    for (let at = find(bytes, magic, 0); at >= 0; at = find(bytes, magic, at + 1)) {
      const table = tableAt(bytes, at, little);
      const sizes = table === null ? null : sizesOf(table, decode);
      if (sizes !== null) return sizes;
    }
  }
  return null;
}

/** `0xfffffff1` since Go 1.20, `0xfffffff0` before, as either kind of machine writes it; two zeros. */
const MAGICS: readonly (readonly [magic: readonly number[], little: boolean])[] = [
  [[0xf1, 0xff, 0xff, 0xff, 0, 0], true],
  [[0xf0, 0xff, 0xff, 0xff, 0, 0], true],
  [[0xff, 0xff, 0xff, 0xf1, 0, 0], false],
  [[0xff, 0xff, 0xff, 0xf0, 0, 0], false],
];

function find(bytes: Uint8Array, magic: readonly number[], from: number): number {
  const [first = 0] = magic;
  for (let at = bytes.indexOf(first, from); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (magic.every((byte, index) => bytes[at + index] === byte)) return at;
  }
  return -1;
}

interface Table {
  readonly view: DataView;
  readonly bytes: Uint8Array;
  readonly little: boolean;
  readonly count: number;
  /** Where names begin, and where functions. */
  readonly names: number;
  readonly functions: number;
}

/**
 * After the magic number: smallest instruction, size of a pointer, then as many bytes each as a pointer
 * has: number of functions, of files, one that is no more used, and where names, units, files, lines and
 * functions begin.
 */
function tableAt(bytes: Uint8Array, at: number, little: boolean): Table | null {
  const [quantum = 0, pointer = 0] = bytes.subarray(at + 6, at + 8);
  if (![1, 2, 4].includes(quantum) || ![4, 8].includes(pointer)) return null;
  if (at + 8 + 8 * pointer > bytes.length) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const word = (index: number): number => {
    const place = at + 8 + index * pointer;
    return pointer === 4 ? view.getUint32(place, little) : Number(view.getBigUint64(place, little));
  };
  const count = word(0);
  const names = at + word(3);
  const functions = at + word(7);
  const end = functions + count * ENTRY + 4;
  const sound = count > 0 && count < MOST && names > at && functions > names && end <= bytes.length;
  return sound ? { view, bytes, little, count, names, functions } : null;
}

/** Offset of the code, and of what is known of the function. */
const ENTRY = 8;
const MOST = 50_000_000;

function sizesOf(
  { view, bytes, little, count, names, functions }: Table,
  decode: Decode,
): FunctionSizes | null {
  const sizes = new Map<string, number>();
  for (let index = 0; index < count; index += 1) {
    const entry = functions + index * ENTRY;
    const size = view.getUint32(entry + ENTRY, little) - view.getUint32(entry, little);
    const known = functions + view.getUint32(entry + 4, little);
    if (known + 8 > bytes.length || size < 0) return null;
    const name = nameAt(bytes, names + view.getInt32(known + 4, little));
    if (name === null) return null;
    const text = decode(name);
    sizes.set(text, (sizes.get(text) ?? 0) + size);
  }
  return sizes;
}

/** Up to a zero. */
function nameAt(bytes: Uint8Array, from: number): Uint8Array | null {
  const end = bytes.indexOf(0, from);
  if (from < 0 || end < 0 || end - from > LONGEST) return null;
  return bytes.subarray(from, end);
}

const LONGEST = 65_536;
