/** One command of a build, to be run by itself. */
export interface Step {
  /** Absolute directory. */
  readonly dir: string;
  readonly argv: readonly string[];
}

/**
 * The compile of one package and the link out of what `go build -x -work` prints: what has to be
 * done at the least after a change in that package. Importers are left out, as they need no
 * compile while the exported part of the package stays the same. `{out}` is the binary.
 * Null: the text has no such commands.
 */
export function floorSteps(
  printed: string,
  wanted: { readonly package: string; readonly dir: string },
): readonly Step[] | null {
  const lines = printed.split("\n");
  const work = lines.find((line) => line.startsWith("WORK="))?.slice("WORK=".length);
  if (work === undefined) return null;
  let dir = wanted.dir;
  let compile: Step | null = null;
  let link: Step | null = null;
  for (const line of lines) {
    const argv = words(line.replaceAll("$WORK", work));
    const [first = "", second = "."] = argv;
    if (first === "cd") dir = second === "." ? wanted.dir : second;
    if (first.endsWith("/compile") && after(argv, "-p") === wanted.package) {
      compile = { dir, argv };
    }
    if (first.endsWith("/link")) link = { dir, argv: withOutput(argv) };
  }
  return compile === null || link === null ? null : [compile, link];
}

/** Splits a line like a shell does; assignments before the command are dropped. */
export function words(line: string): readonly string[] {
  const found: string[] = [];
  for (const match of line.matchAll(/(?:[^\s"']|"(?:[^"\\]|\\.)*"|'[^']*')+/g)) {
    const word = match[0].replaceAll(
      /"((?:[^"\\]|\\.)*)"|'([^']*)'/g,
      (_, double: string | undefined, single: string | undefined) =>
        double?.replaceAll(/\\(.)/g, "$1") ?? single ?? "",
    );
    if (found.length === 0 && /^[A-Za-z_]\w*=/.test(word)) continue;
    found.push(word);
  }
  return found;
}

function after(argv: readonly string[], flag: string): string | undefined {
  const at = argv.indexOf(flag);
  return at < 0 ? undefined : argv[at + 1];
}

function withOutput(argv: readonly string[]): readonly string[] {
  const at = argv.indexOf("-o");
  return argv.map((word, index) => (at >= 0 && index === at + 1 ? "{out}" : word));
}
