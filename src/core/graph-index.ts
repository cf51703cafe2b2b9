import type { EmbedPattern, Graph } from "./graph.ts";

/** A graph prepared for questions about single paths. */
export interface GraphIndex {
  readonly graph: Graph;
  readonly goFiles: ReadonlySet<string>;
  readonly ignoredGoFiles: ReadonlySet<string>;
  readonly nativeFiles: ReadonlySet<string>;
  readonly moduleFiles: ReadonlySet<string>;
  readonly packageDirs: ReadonlySet<string>;
  readonly embeds: (path: string) => boolean;
  /** Whether the build reads what lies in this directory, or would if it were there. */
  readonly readsDir: (dir: string) => boolean;
}

export function indexGraph(graph: Graph, separator: string): GraphIndex {
  const files = new Set(graph.embedFiles);
  const matchers = graph.embedPatterns.map((pattern) => embedMatcher(pattern, separator));
  const embeds = (path: string): boolean =>
    files.has(path) || matchers.some((matches) => matches(path));
  // Copies of other modules, beside a go.mod or go.work, count as soon as there are some.
  const beside = [...graph.moduleFiles, ...graph.moduleDirs.map((dir) => dir + separator)];
  const vendors = new Set(
    beside.map((path) => `${path.slice(0, path.lastIndexOf(separator) + 1)}vendor`),
  );
  return {
    graph,
    goFiles: new Set(graph.goFiles),
    ignoredGoFiles: new Set(graph.ignoredGoFiles),
    nativeFiles: new Set(graph.nativeFiles),
    moduleFiles: new Set(graph.moduleFiles),
    packageDirs: new Set(graph.packageDirs),
    embeds,
    readsDir: (dir) => vendors.has(dir) || embeds(dir),
  };
}

/**
 * Whether a path would be embedded by a pattern: the path itself or one of the directories it lies
 * in matches. Hidden files, which a directory pattern leaves out, are taken in all the same: a
 * build too many is the smaller mistake.
 */
function embedMatcher(embed: EmbedPattern, separator: string): (path: string) => boolean {
  const prefix = embed.dir + separator;
  const glob = new RegExp(`^${globSource(embed.pattern)}(?:/|$)`, "u");
  return (path) =>
    path.startsWith(prefix) && glob.test(path.slice(prefix.length).split(separator).join("/"));
}

/** The syntax of Go's path.Match as the source of a regular expression. */
export function globSource(pattern: string): string {
  let source = "";
  for (let i = 0; i < pattern.length; i += 1) {
    const char = pattern.charAt(i);
    const classEnd = char === "[" ? pattern.indexOf("]", i + 2) : -1;
    if (char === "*") source += "[^/]*";
    else if (char === "?") source += "[^/]";
    else if (char === "\\" && i + 1 < pattern.length) source += quote(pattern.charAt((i += 1)));
    else if (classEnd > 0) {
      source += classSource(pattern.slice(i + 1, classEnd));
      i = classEnd;
    } else source += quote(char);
  }
  return source;
}

function classSource(content: string): string {
  const negated = content.startsWith("^");
  const body = (negated ? content.slice(1) : content).replace(/[\\\]^[]/gu, "\\$&");
  return `[${negated ? "^" : ""}${body}]`;
}

function quote(char: string): string {
  return char.replace(/[\\^$.*+?()[\]{}|/]/gu, "\\$&");
}
