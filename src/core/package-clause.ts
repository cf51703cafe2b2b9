export interface PackageClause {
  /** Null where the source has no readable package clause. */
  readonly name: string | null;
  /** True when a build constraint stands above it, so that the file may not count at all. */
  readonly constrained: boolean;
}

/** Reads the head of a Go source file, up to its package clause. */
export function readPackageClause(source: string): PackageClause {
  let constrained = false;
  let rest = source.replace(/^\uFEFF/, "");
  for (;;) {
    rest = rest.trimStart();
    const comment = /^(?:\/\/[^\n]*|\/\*[\s\S]*?\*\/)/.exec(rest);
    if (comment === null) break;
    if (/^\/\/(?:go:build|\s*\+build)\s/.test(comment[0])) constrained = true;
    rest = rest.slice(comment[0].length);
  }
  // A comment may stand between the keyword and the name, but nobody writes that.
  const clause = /^package[ \t]+([\p{L}_][\p{L}\p{N}_]*)/u.exec(rest);
  return { name: clause?.[1] ?? null, constrained };
}
