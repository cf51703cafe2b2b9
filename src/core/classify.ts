import type { FileFact } from "./facts.ts";
import type { GraphIndex } from "./graph-index.ts";
import type { FileKind } from "./notice.ts";
import type { ClassifySettings, RuleSettings } from "./settings.ts";
import { nativeExtensions } from "./source-name.ts";

/** What a change of one file asks for. */
export interface Classified {
  readonly kind: FileKind;
  readonly need: Need;
  /** Why nothing is needed, in words; empty otherwise. */
  readonly reason: string;
  /** Indexes of the rules that have this file as input. */
  readonly rules: readonly number[];
}

export type Need = "nothing" | "restart" | "build";

export interface Knowledge {
  readonly settings: ClassifySettings;
  readonly rules: readonly RuleSettings[];
  readonly graph: GraphIndex | null;
  /** False while the graph may be older than the sources: then any Go file may belong to it. */
  readonly graphCurrent: boolean;
}

/** The kind of a file and what a change of it needs, by its path alone. */
export function classify(path: string, knowledge: Knowledge): Classified {
  const { settings } = knowledge;
  if (settings.binaries !== undefined) {
    const known = settings.binaries.includes(path);
    return known ? needs("binary", "build") : irrelevant("not the program that is served");
  }
  if (isEditorFile(baseName(path, settings.separator))) return irrelevant("file of an editor");
  if (settings.outputs.some((output) => isWithin(path, output, settings.separator))) {
    return irrelevant("written by gust or the build");
  }
  if (settings.configFiles.includes(path)) return needs("config", "nothing");
  if (settings.envFiles.includes(path)) return needs("env", "restart");
  // air leaves tests out by a pattern; they are told apart first, because a save of one is no noise.
  if (path.endsWith("_test.go") && !isExcludedDir(path, settings)) return testFile;
  const relative = relativePath(path, settings);
  if (isTestInput(path, relative, knowledge)) return testInput;
  if (matches(relative, settings.excludedFiles) || matches(relative, settings.excludedPatterns)) {
    return irrelevant("excluded by the configuration");
  }
  const rules = rulesFor(relative, knowledge.rules);
  if (rules.some((rule) => knowledge.rules[rule]?.only === true)) {
    return { kind: "rule-input", need: "nothing", reason: "", rules };
  }
  const source = classifySource(path, knowledge);
  if (rules.length > 0) return { kind: "rule-input", need: source.need, reason: "", rules };
  if (source.kind === "irrelevant" && matches(relative, settings.testRules ?? [])) return testInput;
  if (source.need === "nothing") return source;
  const generated = knowledge.rules.some((rule) => matches(relative, rule.outputs));
  return generated ? { ...source, kind: "rule-output" } : source;
}

/** In testdata, which no build reads but by an embed directive. */
function isTestInput(path: string, relative: string, { settings, graph }: Knowledge): boolean {
  const inputs = settings.testInputs ?? [];
  if (!matches(relative, inputs) || isExcludedDir(path, settings)) return false;
  return graph?.embeds(path) !== true && graph?.goFiles.has(path) !== true;
}

/** What is known only after looking at the file: git's opinion, and a changed build constraint. */
export function classifyFact(fact: FileFact, knowledge: Knowledge): Classified {
  const classified = classify(fact.path, knowledge);
  if (fact.headerChanged === true && knowledge.graph?.ignoredGoFiles.has(fact.path) === true) {
    return needs("go", "build");
  }
  if (fact.sameMeaning === true && isBlindToComments(classified, knowledge)) {
    const order = classified.kind === "module" ? ", formatting or order" : " or formatting";
    return { ...classified, need: "nothing", reason: `only comments${order} changed` };
  }
  const optional = classified.kind === "runtime" || classified.kind === "static";
  if (fact.ignored && optional && !knowledge.settings.includedFiles.includes(fact.path)) {
    return irrelevant("ignored by git");
  }
  return classified;
}

/** The compiler is; a generator or a build command of the user's may well read comments. */
function isBlindToComments({ kind, need, rules }: Classified, { settings }: Knowledge): boolean {
  const compiled = readByGo.has(kind) && need === "build";
  const alone = !settings.opaqueBuild && !settings.buildWritesSources && rules.length === 0;
  return settings.semantic && compiled && alone;
}

const readByGo: ReadonlySet<FileKind> = new Set(["go", "rule-output", "module"]);

function classifySource(path: string, knowledge: Knowledge): Classified {
  const { settings, graph } = knowledge;
  const name = baseName(path, settings.separator);
  const extension = name.slice(name.lastIndexOf(".") + 1);
  if (graph === null ? moduleNames.has(name) : isModuleFile(path, name, graph, settings)) {
    return needs("module", "build");
  }
  if (graph?.embeds(path) === true) return needs("embed", "build");
  if (name.endsWith(".go")) return classifyGo(path, knowledge);
  const dir = parentDir(path, settings.separator);
  const inPackage = graph?.packageDirs.has(dir) === true;
  if (graph?.nativeFiles.has(path) === true || (inPackage && nativeExtensions.has(extension))) {
    return needs("native", "build");
  }
  if (isExcludedDir(path, settings)) return irrelevant("in an excluded directory");
  return classifyRuntime(path, extension, settings);
}

function classifyGo(path: string, knowledge: Knowledge): Classified {
  const { settings, graph } = knowledge;
  if (graph?.goFiles.has(path) === true) return needs("go", "build");
  const local = !isExcludedDir(path, settings);
  if (graph === null || !knowledge.graphCurrent || settings.opaqueBuild) {
    return local ? needs("go", "build") : irrelevant("in an excluded directory");
  }
  if (graph.ignoredGoFiles.has(path)) return irrelevant("left out by build constraints");
  if (graph.packageDirs.has(parentDir(path, settings.separator))) return needs("go", "build");
  return local && settings.testInputs !== undefined
    ? testInput
    : irrelevant("not part of the program");
}

function classifyRuntime(path: string, extension: string, settings: ClassifySettings): Classified {
  if (settings.foreignDirs?.some((dir) => isWithin(path, dir, settings.separator)) === true) {
    return irrelevant("belongs to another service");
  }
  const wanted =
    settings.includedFiles.includes(path) ||
    (isIncludedDir(path, settings) &&
      (settings.runtimeExtensions.includes(extension) || settings.runtimeExtensions.includes("*")));
  if (wanted) return needs("runtime", settings.opaqueBuild ? "build" : "restart");
  if (settings.staticExtensions.includes(extension)) {
    const reason = "static file, served as it is";
    return { kind: "static", need: "nothing", reason, rules: [] };
  }
  return irrelevant("neither the build nor the program is known to read it");
}

function isModuleFile(
  path: string,
  name: string,
  graph: GraphIndex,
  settings: ClassifySettings,
): boolean {
  if (graph.moduleFiles.has(path)) return true;
  // These may come to be later than the graph.
  const vendored = name === "modules.txt" && path.endsWith(`vendor${settings.separator}${name}`);
  const beside = name === "go.sum" || name === "go.work" || name === "go.work.sum";
  if (!vendored && !beside) return false;
  const parent = parentDir(path, settings.separator);
  const dir = vendored ? parentDir(parent, settings.separator) : parent;
  return graph.graph.moduleDirs.includes(dir) || settings.roots.includes(dir);
}

function rulesFor(relative: string, rules: readonly RuleSettings[]): number[] {
  return rules.flatMap((rule, index) =>
    matches(relative, rule.inputs) &&
    !matches(relative, rule.excludes) &&
    !matches(relative, rule.outputs)
      ? [index]
      : [],
  );
}

function isExcludedDir(path: string, settings: ClassifySettings): boolean {
  return settings.excludedDirs.some((dir) => isWithin(path, dir, settings.separator));
}

function isIncludedDir(path: string, settings: ClassifySettings): boolean {
  const dirs = settings.includedDirs.length > 0 ? settings.includedDirs : settings.roots;
  return dirs.some((dir) => isWithin(path, dir, settings.separator));
}

/** True for the directory itself and everything below it. */
export function isWithin(path: string, dir: string, separator: string): boolean {
  if (path === dir) return true;
  return path.startsWith(dir.endsWith(separator) ? dir : dir + separator);
}

/** The path relative to the first root, with `/`; outside of it with `../`. */
export function relativePath(
  path: string,
  settings: Pick<ClassifySettings, "separator" | "roots">,
): string {
  const { separator, roots } = settings;
  const root = roots[0] ?? "";
  if (isWithin(path, root, separator)) {
    const cut = root.endsWith(separator) ? root.length : root.length + 1;
    return path.slice(cut).split(separator).join("/");
  }
  const from = root.split(separator);
  const to = path.split(separator);
  let shared = 0;
  while (shared < from.length && from[shared] === to[shared]) shared += 1;
  return [...from.slice(shared).map(() => ".."), ...to.slice(shared)].join("/");
}

function matches(relative: string, sources: readonly string[]): boolean {
  return sources.some((source) => pattern(source).test(relative));
}

/** Compiled once: the same few patterns are asked for each event of a burst. */
const compiled = new Map<string, RegExp>();

function pattern(source: string): RegExp {
  const known = compiled.get(source);
  if (known !== undefined) return known;
  const made = new RegExp(source);
  compiled.set(source, made);
  return made;
}

function baseName(path: string, separator: string): string {
  return path.slice(path.lastIndexOf(separator) + 1);
}

function parentDir(path: string, separator: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf(separator)));
}

const needs = (kind: FileKind, need: Need): Classified => ({ kind, need, reason: "", rules: [] });

const testFile: Classified = {
  kind: "go-test",
  need: "nothing",
  reason: "only tests read it",
  rules: [],
};

const testInput: Classified = { ...testFile, kind: "test-input" };

const irrelevant = (reason: string): Classified => ({
  kind: "irrelevant",
  need: "nothing",
  reason,
  rules: [],
});

const moduleNames = new Set(["go.mod", "go.sum", "go.work", "go.work.sum"]);

/** Lock, swap and backup files of Vim, Emacs, JetBrains, GNOME, KDE, VS Code and macOS. */
export function isEditorFile(name: string): boolean {
  return editorFile.test(name);
}

const editorFile =
  /^(?:\.#.*|#.*#|.*~|\.?.*\.sw[a-z]|4913|\.goutputstream-.*|.*___jb_(?:tmp|old)___|\.DS_Store|\.~lock\..*|\.!\d+!.*|.*\.kate-swp|\.nfs[0-9a-f]+|.*\.tmp\.\d+.*)$/u;
