/**
 * Reads what `go build -a -n` prints: the commands of a whole build, with the files that the go
 * command writes for them (cmd/go/internal/work/shell.go). `$WORK` stands for the work directory.
 */
export function readBuildScript(text: string): BuildScript {
  const compiles = new Map<string, CompileStep>();
  const files = new Map<string, string>();
  let dir = "";
  let link: LinkStep | null = null;
  let profile: ToolCommand | null = null;
  for (const step of stepsOf(text)) {
    if (step.type === "file") {
      files.set(step.path, step.content);
      continue;
    }
    const moved = /^cd (.+)$/.exec(step.line);
    if (moved !== null) {
      dir = moved[1] ?? "";
      continue;
    }
    const command = readCommand(step.line, dir);
    if (runs(command, "preprofile")) profile = command;
    const output = /^\$WORK[\\/](b\d+)[\\/](_pkg_\.a|exe[\\/].*)$/.exec(outputOf(command) ?? "");
    const [, action = "", file = ""] = output ?? [];
    const config = (name: string): string => files.get(`${action}/${name}`) ?? "";
    if (file === "_pkg_.a" && runs(command, "compile")) {
      const importcfg = linesOf(config("importcfg"));
      compiles.set(action, { command, importcfg, embedcfg: config("embedcfg") });
    } else if (file !== "" && runs(command, "link")) {
      link = { command, importcfg: linesOf(config("importcfg.link")) };
    }
  }
  return { compiles, link, profile };
}

export interface BuildScript {
  /** By the name of the action: its directory in `$WORK`, such as `b001`. */
  readonly compiles: ReadonlyMap<string, CompileStep>;
  /** Null: the script links nothing, or not by the linker alone. */
  readonly link: LinkStep | null;
  /** Makes the profile that guides the compiler; null: none does. */
  readonly profile: ToolCommand | null;
}

export interface CompileStep {
  readonly command: ToolCommand;
  /** Lines such as `packagefile fmt=$WORK/b002/_pkg_.a`. */
  readonly importcfg: readonly string[];
  /** JSON for `-embedcfg`; "" for none. */
  readonly embedcfg: string;
}

export interface LinkStep {
  readonly command: ToolCommand;
  /** The same for all packages of the program, and `modinfo`. */
  readonly importcfg: readonly string[];
}

export interface ToolCommand {
  /** What is set for this command only. */
  readonly env: Readonly<Record<string, string>>;
  readonly argv: readonly string[];
  /** Where it runs; absolute, or `.` for where the go command was started. */
  readonly dir: string;
}

/** Whether a command is this tool of Go's, and not one that runs it. */
function runs({ argv }: ToolCommand, tool: string): boolean {
  return new RegExp(`[\\\\/]${tool}(?:\\.exe)?$`).test(argv[0] ?? "");
}

function outputOf({ argv }: ToolCommand): string | undefined {
  const at = argv.indexOf("-o");
  return at < 0 ? undefined : argv[at + 1];
}

type Step =
  | { readonly type: "line"; readonly line: string }
  | { readonly type: "file"; readonly path: string; readonly content: string };

/** Lines, with here-documents as files: `cat >$WORK/b001/importcfg << 'EOF' # internal`. */
function* stepsOf(text: string): Generator<Step> {
  const lines = text.split(/\r?\n/);
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    const begin = /^cat >(?:"?)\$WORK[\\/]+(.+?)"? << 'EOF'/.exec(line);
    if (begin === null) {
      if (line !== "" && !line.startsWith("#")) yield { type: "line", line };
      continue;
    }
    const content: string[] = [];
    // A content without a newline at its end is followed by the mark on the same line.
    while (at + 1 < lines.length) {
      at += 1;
      const next = lines[at] ?? "";
      if (!next.endsWith("EOF")) {
        content.push(next);
        continue;
      }
      content.push(next.slice(0, -"EOF".length));
      break;
    }
    const path = (begin[1] ?? "").replaceAll(/[\\/]+/g, "/");
    yield { type: "file", path, content: content.join("\n") };
  }
}

/** `GOROOT='/go' /go/link -o "$WORK/b001/a b" …`; Go quotes what a shell would take apart. */
function readCommand(line: string, dir: string): ToolCommand {
  const env: Record<string, string> = {};
  let at = 0;
  for (;;) {
    assignment.lastIndex = at;
    const found = assignment.exec(line);
    if (found === null) break;
    env[found[1] ?? ""] = found[2] ?? unquote(found[3] ?? '""');
    at += found[0].length;
  }
  const argv: string[] = [];
  for (const [word] of line.slice(at).matchAll(/"(?:[^"\\]|\\.)*"|\S+/g)) {
    argv.push(word.startsWith('"') ? unquote(word) : inDirectory(word, dir));
  }
  return { env, argv, dir };
}

const assignment = /(\w+)=(?:'([^']*)'|("(?:[^"\\]|\\.)*")) /y;

/** The go command has written `.` where a word began with the directory that the script is in. */
function inDirectory(word: string, dir: string): string {
  if (!word.startsWith(".") || dir === "" || dir === ".") return word;
  return dir + word.slice(1);
}

/** The text of a literal as strconv.Quote writes it. */
function unquote(literal: string): string {
  return literal.slice(1, -1).replaceAll(escape, (_, code: string) => {
    const simple = escapes.get(code);
    if (simple !== undefined) return simple;
    const hex = /^[xuU]([0-9a-f]+)$/i.exec(code)?.[1];
    return hex === undefined ? code : String.fromCodePoint(Number.parseInt(hex, 16));
  });
}

const escape = /\\(x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8}|.)/gi;

const escapes = new Map([
  ["n", "\n"],
  ["t", "\t"],
  ["r", "\r"],
  ["a", "\u0007"],
  ["b", "\b"],
  ["f", "\f"],
  ["v", "\v"],
]);

const linesOf = (text: string): readonly string[] =>
  text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
