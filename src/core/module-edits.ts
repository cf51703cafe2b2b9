/** What became of one statement of a module file from one version to the next. */
export interface ModuleEdit {
  readonly edit: "added" | "removed" | "changed";
  /** The path of a module, `go`, `toolchain`, `replace example.com/a`, `use ./lib`, … */
  readonly name: string;
  /** The version or value before; absent where there was none. */
  readonly from?: string;
  readonly to?: string;
}

/** Compares two lists of `moduleMeaning`, one statement a line. */
export function moduleEdits(
  before: readonly string[],
  after: readonly string[],
): readonly ModuleEdit[] {
  const gone = named(minus(before, after));
  const come = named(minus(after, before));
  const edits: ModuleEdit[] = [];
  for (const [name, to] of come) {
    const from = gone.get(name);
    gone.delete(name);
    const values = { ...valueOf("from", from), ...valueOf("to", to) };
    edits.push({ edit: from === undefined ? "added" : "changed", name, ...values });
  }
  for (const [name, from] of gone) edits.push({ edit: "removed", name, ...valueOf("from", from) });
  return edits;
}

const valueOf = (key: "from" | "to", value: string | undefined): Partial<ModuleEdit> =>
  value === undefined || value === "" ? {} : { [key]: value };

/** Lines that are more often in the one list than in the other. */
function minus(lines: readonly string[], others: readonly string[]): readonly string[] {
  const left = new Map<string, number>();
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1);
  return lines.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
}

/** What each line is about, and what it says of that. */
function named(lines: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of lines) {
    const [name, value] = nameAndValue(line);
    const known = found.get(name);
    found.set(name, known === undefined || known === value ? value : `${known}, ${value}`);
  }
  return found;
}

function nameAndValue(line: string): readonly [name: string, value: string] {
  const [verb = "", ...words] = line.split(" ");
  const [first = "", ...rest] = words;
  switch (verb) {
    case "require":
      return [first, rest.join(" ")];
    case "go":
    case "toolchain":
    case "module":
      return [verb, words.join(" ")];
    case "replace": {
      const arrow = words.indexOf("=>");
      return [`replace ${words.slice(0, arrow).join(" ")}`, words.slice(arrow + 1).join(" ")];
    }
    case "godebug": {
      const text = words.join("");
      const at = text.indexOf("=");
      return [`godebug ${at < 0 ? text : text.slice(0, at)}`, at < 0 ? "" : text.slice(at + 1)];
    }
    case "exclude":
    case "retract":
    case "tool":
    case "use":
    case "ignore":
      return [line, ""];
    // vendor/modules.txt.
    case "#":
      return [first, rest.join(" ")];
    case "##":
      return [line, ""];
    default:
      // A checksum: `path version hash`.
      return words.length === 2 ? [`sum of ${verb} ${first}`, ""] : [line, ""];
  }
}
