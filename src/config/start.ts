import type { PlatformPath } from "node:path";
import type { GoBuild, StartConfig } from "./config.ts";
import { findGoBuild } from "./go-build.ts";
import type { Typed } from "./typed.ts";

export interface Launch {
  /** Null: gust builds by itself. */
  readonly cmd: string | null;
  readonly goBuild: GoBuild | null;
  /** What a command that gust runs by itself gives to `go build`. */
  readonly flags: readonly string[];
  /** And what the program is called then, without `.exe`; null: as its package. */
  readonly name: string | null;
  readonly start: StartConfig;
  /** Arguments that `entrypoint` brings. */
  readonly args: readonly string[];
}

export interface LaunchPlaces {
  readonly path: PlatformPath;
  /** Where commands run. */
  readonly dir: string;
  readonly root: string;
  /** As written in the file. */
  readonly tmpDir: string;
  /** The package that was asked for; "" for none. */
  readonly named: string;
  /** The file of this name in PATH, or null. */
  readonly inPath: (name: string) => string | null;
}

/**
 * Decides who builds and what is started. gust builds by itself when no command is given, or
 * nothing but a `go build`, and the program is started from where that one puts it.
 */
export function decideLaunch(values: Typed, places: LaunchPlaces): Launch {
  const usual = usualProgram(places);
  const given = blankToNull(values.optional("build.cmd"));
  const goBuild = given === null ? null : findGoBuild(given);
  const [program, ...args] = values.strings("build.entrypoint");
  const output = goBuild?.output ?? null;
  const made =
    output === null ? usual : places.path.resolve(places.dir, goBuild?.dir ?? "", output);
  const start = decideStart(values, places, { program, made }) ?? { type: "file", path: made };
  const own = goBuild === null ? made : withExe(made, places);
  const plain = given === null || (goBuild !== null && isPlain(goBuild, own, places));
  if (plain && start.type === "file" && withExe(start.path, places) === own) {
    const flags = goBuild?.flags ?? [];
    const name = given === null || own === usual ? null : places.path.parse(own).name;
    return { cmd: null, goBuild, flags, name, start: { type: "built" }, args };
  }
  const others = { flags: [], name: null, start, args: startArgs(start, args) };
  if (given !== null) return { cmd: given, goBuild, ...others };
  const relative = places.path.relative(places.dir, usual).replaceAll("\\", "/");
  const cmd = `go build -o ./${relative} ${blankToNull(values.string("package")) ?? "."}`;
  return { cmd, goBuild: findGoBuild(cmd), ...others };
}

/** air drops the arguments of `entrypoint` when `full_bin` replaces it. */
function startArgs(start: StartConfig, args: readonly string[]): readonly string[] {
  return start.type === "shell" ? [] : args;
}

function decideStart(
  values: Typed,
  places: LaunchPlaces,
  known: { readonly program: string | undefined; readonly made: string },
): StartConfig | null {
  const full = values.string("build.full_bin").trim();
  if (full !== "") return { type: "shell", command: full };
  if (known.program !== undefined) return fromEntrypoint(known.program, places);
  const bin = blankToNull(values.optional("build.bin"));
  if (bin === null) return null;
  const path = places.path.resolve(places.dir, bin);
  const plain = places.path.isAbsolute(bin) || /^[^\s"'$`|&;<>()*?[\]{}#!=]+$/.test(bin);
  // A name that the shell would take apart is a name all the same where the command writes it.
  if (!plain && path !== known.made) return { type: "shell", command: bin };
  return { type: "file", path: withExe(path, places) };
}

function fromEntrypoint(program: string, places: LaunchPlaces): StartConfig {
  const bare = !/[/\\]/.test(program);
  const tool = bare ? places.inPath(program) : null;
  if (tool !== null) return { type: "tool", path: tool };
  return { type: "file", path: withExe(places.path.resolve(places.root, program), places) };
}

/** Where air's default command puts the program. */
function usualProgram(places: LaunchPlaces): string {
  return withExe(places.path.resolve(places.dir, places.tmpDir, "main"), places);
}

function withExe(path: string, places: LaunchPlaces): string {
  return places.path.sep === "\\" && places.path.extname(path) === "" ? `${path}.exe` : path;
}

/**
 * One package, made into a program of this project by the `go` of the PATH where gust was started, and
 * nothing besides: what lies elsewhere is read by somebody else.
 */
function isPlain(build: GoBuild, own: string, { named, path, root }: LaunchPlaces): boolean {
  const { go, alone, dir, env, packages, flags, output } = build;
  const [one = "."] = packages;
  const meant = packages.length < 2 && (named === "" || one === "." || one === named);
  const within = own.startsWith(root + path.sep) && output !== null && !/[/\\]$/.test(output);
  const usual = flags.every((flag) => !/^(?:--$|--?n$|--?buildmode=(?!exe$|pie$))/.test(flag));
  return go === "go" && alone && dir === "" && env.length === 0 && meant && within && usual;
}

function blankToNull(text: string | null): string | null {
  return text === null || text.trim() === "" ? null : text;
}
