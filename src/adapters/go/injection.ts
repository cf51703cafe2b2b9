import { goflagValue, withGoflag, withLinkerFlag, withLinkerFlagInText } from "./linker-flags.ts";
import { type LinkedPackages, type WantedFiles, shimFiles } from "./shim-files.ts";
import { type ShimForm, writeOverlay } from "./shim-overlay.ts";

export interface InjectionOptions {
  /** Absolute directory of the Go files that are added to the program. */
  readonly shimDir: string;
  readonly goos: string;
  /** As `go env GOVERSION` prints it. */
  readonly goVersion: string;
  /** `go env GOFLAGS`. */
  readonly goflags: string;
  /** Which files are wanted; absent: those for sockets. */
  readonly wanted?: WantedFiles;
  /** What the program links, once that is known; null when it cannot be known. */
  readonly linked: () => Promise<Linked | null>;
}

export interface Linked extends LinkedPackages {
  /** Absolute directory of the main package. */
  readonly mainDir: string;
  /** Its import path. */
  readonly mainPath: string;
}

/** How a build adds gust's files to the program, without touching the sources. */
export type Injection =
  | {
      readonly type: "overlay";
      readonly file: string;
      readonly linkerFlag: string | null;
      /** The part for gRPC is among the files. */
      readonly grpc: boolean;
      /** Those for sockets are: the program can hand on what it has. */
      readonly sockets: boolean;
    }
  /** A program without a network has nothing to hand on. */
  | { readonly type: "needless" }
  /** Why the files cannot get in. */
  | { readonly type: "impossible"; readonly why: string };

/**
 * Writes the overlay into `place`. Besides it a build needs leave to reach the variables of the
 * standard library that the files use, since the linker of Go 1.23 asks for it.
 */
export async function prepareInjection(
  place: string,
  flags: readonly string[],
  options: InjectionOptions,
  form: ShimForm,
): Promise<Injection> {
  const inherited = goflagValue(options.goflags, "overlay");
  if (inherited !== null || flags.some((flag) => /^--?overlay(?:=|$)/.test(flag))) {
    return { type: "impossible", why: "it is built with an -overlay of its own" };
  }
  const linked = await options.linked();
  if (linked === null) {
    return { type: "impossible", why: "`go list` does not tell what it is made of" };
  }
  const { shimDir, goos, wanted = { sockets: true, logContext: false } } = options;
  const files = shimFiles(shimDir, linked, goos, wanted);
  if (files.length === 0) return { type: "needless" };
  if (linked.mainPath === "command-line-arguments") {
    return { type: "impossible", why: "it is built from a list of files, not from a package" };
  }
  const file = await writeOverlay(place, linked, files, form);
  const restricted = !/^go1\.(?:1\d|2[0-2])(?:\D|$)/.test(options.goVersion);
  const linkerFlag = restricted ? "-checklinkname=0" : null;
  const sockets = wanted.sockets && linked.net;
  return { type: "overlay", file, linkerFlag, grpc: sockets && linked.grpc, sockets };
}

/**
 * The flags of gust's own `go build`, with some for the linker besides. Flags of the command line take
 * the place of those in GOFLAGS, which are repeated therefore.
 */
export function injectedFlags(
  flags: readonly string[],
  injection: Injection,
  goflags: string,
  linkerFlags: readonly string[] = [],
): readonly string[] {
  const ours =
    injection.type === "overlay" && injection.linkerFlag !== null
      ? [...linkerFlags, injection.linkerFlag]
      : linkerFlags;
  const inherited = goflagValue(goflags, "ldflags");
  const own = flags.some((flag) => /^--?ldflags(?:=|$)/.test(flag));
  const all =
    inherited !== null && !own && ours.length > 0 ? [...flags, `-ldflags=${inherited}`] : flags;
  const linked = ours.length === 0 ? all : withLinkerFlag(all, ours.join(" "));
  return injection.type === "overlay" ? [...linked, `-overlay=${injection.file}`] : linked;
}

/** A command of the user's, with what reaches every `go build` that it runs. */
export interface InjectedCommand {
  readonly line: string;
  readonly env: Readonly<Record<string, string>>;
}

/** The same by GOFLAGS; the linker flags that stand in the command itself would win over it. */
export function injectedCommand(
  line: string,
  injection: Injection,
  goflags: string,
): InjectedCommand {
  if (injection.type !== "overlay") return { line, env: {} };
  const { file, linkerFlag } = injection;
  const overlay = withGoflag(goflags, "overlay", file);
  const kept = { GUST_GOFLAGS: goflags };
  const sparing = line.replaceAll(generating, '$1GOFLAGS="$$GUST_GOFLAGS" $2');
  if (linkerFlag === null) return { line: sparing, env: { ...kept, GOFLAGS: overlay } };
  return {
    line: withLinkerFlagInText(sparing, linkerFlag),
    env: { ...kept, GOFLAGS: withGoflag(overlay, "ldflags", linkerFlag) },
  };
}

/** `go generate` lists the files of an overlay, and then reads all of them from the disk. */
const generating = /(^|[;&|({\n]\s*)((?:[A-Za-z_]\w*=\S*\s+)*go\s+generate\b)/g;

/** Whether the output of a failed build complains of gust's files, and not of the user's. */
export function blamesInjection(output: string): boolean {
  return /gust__|00_gust_|checklinkname|invalid reference to (?:net|internal\/poll|runtime|net\/http)\.|symbol google\.golang\.org\/grpc\/internal\./.test(
    output,
  );
}
