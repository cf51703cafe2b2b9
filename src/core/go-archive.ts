/**
 * The parts of a compiled package (`_pkg_.a`) that gust looks at: an archive of Unix ar whose first
 * member, `__.PKGDEF`, is what importers see of it (cmd/internal/archive, go/internal/gcimporter).
 */
export interface GoArchive {
  /** The build ID that the compiler was given. */
  readonly buildId: string;
  /** What importers see: where it begins and ends. Equal bytes mean that they need not be compiled. */
  readonly exports: { readonly start: number; readonly end: number };
}

/** Null for what is no compiled package. */
export function readGoArchive(bytes: Uint8Array): GoArchive | null {
  const head = text(bytes, 0, headerEnd);
  if (!head.startsWith("!<arch>\n__.PKGDEF ")) return null;
  const size = Number.parseInt(head.slice(sizeAt, sizeAt + 10), 10);
  if (Number.isNaN(size)) return null;
  const end = headerEnd + size;
  // `go object linux amd64 …`, `build id "…"`, `main` and the like, an empty line, and then `$$B`.
  const lines = text(bytes, headerEnd, Math.min(end, headerEnd + 1024));
  const begin = lines.indexOf("\n\n");
  if (!lines.startsWith("go object ") || begin < 0 || end > bytes.length) return null;
  const id = /^build id "(.*)"$/m.exec(lines.slice(0, begin))?.[1] ?? "";
  return { buildId: id, exports: { start: headerEnd + begin, end } };
}

const magicSize = 8;
const headerEnd = magicSize + 60;
const sizeAt = magicSize + 48;

/** One character for each byte. */
function text(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...bytes.subarray(from, to));
}
