/** A table of an ELF file: where its entries stand. */
export interface ElfTable {
  readonly offset: number;
  readonly entrySize: number;
  readonly count: number;
}

export interface ElfTables {
  readonly wide: boolean;
  readonly little: boolean;
  /** What is loaded. */
  readonly segments: ElfTable;
  /** Everything that the file consists of, unless it was taken out (`strip` of some kinds). */
  readonly sections: ElfTable;
}

/** Where the tables of an ELF file are, by its first 64 bytes; null when it is none. */
export function elfTables(head: Uint8Array): ElfTables | null {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (view.byteLength < 64 || view.getUint32(0) !== 0x7f454c46) return null;
  const wide = view.getUint8(4) === 2;
  const little = view.getUint8(5) === 1;
  const word = (at: number): number => number(view, at, { wide, little });
  const half = (at: number): number => view.getUint16(at, little);
  const sizes = wide ? 54 : 42;
  return {
    wide,
    little,
    segments: table(word(wide ? 32 : 28), [half(sizes), half(sizes + 2)], wide ? 56 : 32),
    sections: table(word(wide ? 40 : 32), [half(sizes + 4), half(sizes + 6)], wide ? 64 : 40),
  };
}

/** A table with entries of another size than the format has them is not looked at. */
function table(
  offset: number,
  [entrySize, count]: readonly [number, number],
  wanted: number,
): ElfTable {
  return { offset, entrySize: wanted, count: entrySize === wanted ? count : 0 };
}

/** The end of a table in the file. */
export function tableEnd({ offset, entrySize, count }: ElfTable): number {
  return count === 0 ? 0 : offset + entrySize * count;
}

/** How long the file has to be at least, by its tables: a copy that is shorter is not whole. */
export function elfEnd(tables: ElfTables, segments: Uint8Array, sections: Uint8Array): number {
  const { wide } = tables;
  const segmentEnds = entries(tables.segments, segments).map(
    (entry) => number(entry, wide ? 8 : 4, tables) + number(entry, wide ? 32 : 16, tables),
  );
  const sectionEnds = entries(tables.sections, sections).map((entry) =>
    // Zeroed memory (.bss) takes no room in the file.
    entry.getUint32(4, tables.little) === noBits
      ? 0
      : number(entry, wide ? 24 : 16, tables) + number(entry, wide ? 32 : 20, tables),
  );
  return Math.max(
    tableEnd(tables.segments),
    tableEnd(tables.sections),
    ...segmentEnds,
    ...sectionEnds,
  );
}

const noBits = 8;

/** Entries that are there as a whole. */
function entries({ entrySize, count }: ElfTable, bytes: Uint8Array): readonly DataView[] {
  const whole = Math.min(count, Math.floor(bytes.byteLength / entrySize));
  return Array.from(
    { length: whole },
    (_, index) => new DataView(bytes.buffer, bytes.byteOffset + index * entrySize, entrySize),
  );
}

/** An offset or a size. */
function number(
  view: DataView,
  at: number,
  { wide, little }: Pick<ElfTables, "wide" | "little">,
): number {
  return wide ? Number(view.getBigUint64(at, little)) : view.getUint32(at, little);
}
