/**
 * The content part of the build ID that the go command writes into a binary: a hash of everything
 * but the ID itself (cmd/go/internal/work/buildid.go). Two binaries with the same one do the same.
 * Looks at the first bytes of the file; null where there is none.
 */
export function readContentId(head: Uint8Array): string | null {
  const id = fromNote(head) ?? fromMarker(head);
  const content = id?.split("/")[3] ?? "";
  return content === "" ? null : content;
}

/**
 * Overwrites Go's build ID, and GNU's that is made from it, so that what is left tells whether two ELF
 * files are the same program.
 */
export function blankBuildIds(head: Uint8Array): void {
  for (const note of [findNote(head, goNote), findNote(head, gnuNote)]) note?.fill(0);
}

/** ELF: a note with the owner "Go" and the type 4. */
function fromNote(head: Uint8Array): string | null {
  const note = findNote(head, goNote);
  return note === null ? null : textOf(note);
}

interface NoteKind {
  readonly type: number;
  /** Four bytes with the zero at its end. */
  readonly owner: readonly number[];
}

const goNote: NoteKind = { type: 4, owner: [0x47, 0x6f, 0, 0] };
const gnuNote: NoteKind = { type: 3, owner: [0x47, 0x4e, 0x55, 0] };

/** The content of a note: its lengths, type and owner stand before it in the byte order of the file. */
function findNote(head: Uint8Array, { type, owner }: NoteKind): Uint8Array | null {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const little = head[5] !== 2;
  for (let at = 0; at + 16 <= head.length; at += 4) {
    if (view.getUint32(at, little) !== 4 || view.getUint32(at + 8, little) !== type) continue;
    if (owner.some((byte, index) => head[at + 12 + index] !== byte)) continue;
    const size = view.getUint32(at + 4, little);
    if (at + 16 + size <= head.length) return head.subarray(at + 16, at + 16 + size);
  }
  return null;
}

/** Elsewhere: `\xff Go build ID: "…"\n \xff` at the beginning of the text. */
function fromMarker(head: Uint8Array): string | null {
  const text = textOf(head);
  const from = text.indexOf(marker);
  if (from < 0) return null;
  const end = text.indexOf('"', from + marker.length);
  return end < 0 ? null : text.slice(from + marker.length, end);
}

const marker = '\u{ff} Go build ID: "';

/** One character for each byte. */
function textOf(bytes: Uint8Array): string {
  let text = "";
  for (let from = 0; from < bytes.length; from += 8192) {
    text += String.fromCharCode(...bytes.subarray(from, from + 8192));
  }
  return text;
}
