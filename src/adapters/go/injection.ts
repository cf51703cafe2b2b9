import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type LinkedPackages, shimFiles } from "./shim-files.ts";

export interface InjectionOptions {
  /** Absolute directory of the Go files that are added to the program. */
  readonly shimDir: string;
  readonly goos: string;
  /** `go env GOFLAGS`. */
  readonly goflags: string;
  /** What the program links, once that is known; null when it cannot be known. */
  readonly linked: () => Promise<Linked | null>;
}

export interface Linked extends LinkedPackages {
  /** Absolute directory of the main package. */
  readonly mainDir: string;
}

/**
 * The flags of `go build` that add gust's files to the main package, without touching the sources:
 * an overlay, written into `place`, and leave to reach the variables of the standard library that
 * they need. The flags are returned as they are where the files cannot get in.
 */
export async function injectedFlags(
  flags: readonly string[],
  place: string,
  options: InjectionOptions,
): Promise<readonly string[]> {
  if (usesOverlay(flags) || /(?:^|[\s'"])--?(?:overlay|ldflags)[=\s]/.test(options.goflags)) {
    return flags;
  }
  const linked = await options.linked();
  if (linked === null) return flags;
  const files = shimFiles(options.shimDir, linked, options.goos);
  if (files.length === 0) return flags;
  const overlay = join(place, "overlay.json");
  const replace = files.map(({ name, source }) => [join(linked.mainDir, name), source]);
  await writeFile(overlay, JSON.stringify({ Replace: Object.fromEntries(replace) }));
  return [...withLinkerFlag(flags, "-checklinkname=0"), `-overlay=${overlay}`];
}

function usesOverlay(flags: readonly string[]): boolean {
  return flags.some((flag) => /^--?overlay(?:=|$)/.test(flag));
}

/** Of several `-ldflags` the last one wins, so that ours goes into that one. */
export function withLinkerFlag(flags: readonly string[], added: string): readonly string[] {
  const at = flags.findLastIndex((flag) => /^--?ldflags(?:=|$)/.test(flag));
  if (at < 0) return [...flags, `-ldflags=${added}`];
  const inline = flags[at]?.includes("=") === true;
  const target = inline ? at : at + 1;
  return flags.map((flag, index) => (index === target ? `${flag} ${added}`.trimEnd() : flag));
}
