import { isAbsolute, relative } from "node:path";
import type { StatusReply } from "../../adapters/control/protocol.ts";
import type { Failure } from "../../core/failure.ts";
import type { Graph } from "../../core/graph.ts";
import type { RuleSettings } from "../../core/settings.ts";
import type { Fact, PortFact, ProgramFact, RunFact, WatchedFact } from "./facts.ts";
import { type Finding, advice, ok, problem } from "./finding.ts";

type FactOf<T extends Fact["type"]> = Extract<Fact, { readonly type: T }>;

/** One line for the file, and one for each warning. */
export function judgeConfig({ loaded }: FactOf<"config">): readonly Finding[] {
  if (!("config" in loaded)) {
    return loaded.map((one) => problem("config", one.message, one.hint ?? null));
  }
  const { source, files, warnings } = loaded;
  const file = source === "none" ? null : (files.at(-1) ?? source);
  const seen = file === null ? "no file: defaults hold" : file;
  const looked = files.map((one) => `looked for ${one}`);
  return [
    ok("config", seen, file === null ? looked : []),
    ...warnings.map((one) => advice("config", one.message, one.hint ?? null)),
  ];
}

export function judgeProgram({ found, cmd }: ProgramFact): Finding {
  switch (found.type) {
    case "services":
      return judgeServices(found.services);
    case "one": {
      const { name, dir } = found.project;
      const argument = found.project.package;
      const what = argument === "" ? "whatever the build command builds" : argument;
      const by = cmd === null ? "gust's own go build" : `\`${cmd.trim()}\``;
      return ok("program", `${name}: ${what} in ${dir}, built by ${by}`);
    }
    case "several": {
      const [first] = found.mains;
      const names = found.mains.map((main) => main.argument);
      return {
        ...advice(
          "program",
          `there are ${names.length}: ${shortList(names)}; gust asks which one`,
          `name it: \`gust run ${first?.argument ?? ""}\`, or \`package\` in gust.toml`,
        ),
        details: names,
      };
    }
    case "none":
      return problem("program", found.failure.message, found.failure.hint ?? null);
  }
}

function judgeServices(
  services: Extract<ProgramFact["found"], { type: "services" }>["services"],
): Finding {
  for (const { name, project } of services) {
    if ("code" in project) {
      return problem("program", `service ${name}: ${project.message}`, project.hint ?? null);
    }
  }
  const names = services.map(({ name }) => name);
  return {
    ...ok("program", `${plural(names.length, "service", "services")}: ${shortList(names)}`),
    details: names,
  };
}

/** What is watched, and why; directories that could not be watched have lines of their own. */
export function judgeWatched(fact: WatchedFact): readonly Finding[] {
  const { report, settings, rules, graph } = fact;
  const [root = ""] = settings.roots;
  const known = graph === null || "code" in graph ? null : graph;
  const directories = plural(report.directories, "directory", "directories");
  const parts = [
    `${directories} (${report.mode})`,
    ...(known === null ? [] : graphParts(known, root)),
    ...(settings.opaqueBuild ? ["gust cannot know all that the build command reads"] : []),
    ...(rules.length === 0 ? [] : [plural(rules.length, "rule", "rules")]),
  ];
  const failures = report.failures.map((one) => advice("watched", one.message, one.hint ?? null));
  const broken = graph !== null && "code" in graph ? [graphProblem(graph)] : [];
  return [ok("watched", parts.join(", "), details(fact, known)), ...broken, ...failures];
}

export function judgePorts({ ports }: FactOf<"ports">): readonly Finding[] {
  if (ports.length > 0) return ports.map(judgePort);
  return [ok("ports", "none configured: gust sees where the program listens")];
}

export function judgeRuns({ runs }: FactOf<"runs">): readonly Finding[] {
  const told = runs.flatMap((run) => judgeRun(run));
  return told.length > 0 ? told : [ok("runs", "no gust runs here, and none has left anything")];
}

function judgePort({ port, why, busy, owner, of }: PortFact): Finding {
  const name = "ports";
  const named = `${port} (${why})`;
  if (!busy) return ok(name, `${named} is free`);
  const who = owner === null ? "somebody" : `${owner.name}, pid ${owner.pid}`;
  const seen = `${named} is used by ${who}`;
  if (of === "run") return ok(name, `${seen}, under gust`);
  if (of === "orphan") {
    return advice(name, `${seen}, left by an earlier run`, "the next `gust` ends it");
  }
  const hint =
    owner === null
      ? "find out who with `ss -ltnp` or `lsof -i`, or choose another port"
      : `end it with \`kill ${owner.pid}\`, or choose another port`;
  return problem(name, seen, hint);
}

function judgeRun({ pid, root, alive, status, processes }: RunFact): readonly Finding[] {
  const pids = processes.join(", ");
  if (!alive) {
    if (processes.length === 0) return [];
    const count = plural(processes.length, "process", "processes");
    const text = `a killed gust (pid ${pid}) has left ${count}: ${pids}`;
    return [advice("runs", text, "the next `gust` ends what is left")];
  }
  if (status === null || "code" in status) {
    const seen = `gust (pid ${pid}) runs in ${root} and does not answer`;
    const said = status === null ? "" : `: ${status.message}`;
    return [problem("runs", seen + said, `end it with \`kill ${pid}\``)];
  }
  const started = processes.length === 0 ? [] : [`processes  ${pids}`];
  return [ok("runs", `gust (pid ${pid}) runs ${status.main}: ${liveText(status)}`, started)];
}

function liveText({ state }: StatusReply): string {
  if (state.serving === null) return "nothing serves";
  const { generation, addresses } = state.serving;
  const at = addresses.map(({ address }) => address);
  const newest = state.live ? "" : `, #${state.newest} is not live`;
  return `#${generation} is live${at.length === 0 ? "" : ` on ${at.join(", ")}`}${newest}`;
}

function graphParts(graph: Graph, root: string): readonly string[] {
  const outside = outsideOf(root, [...graph.moduleFiles, ...graph.packageDirs]);
  return [
    plural(graph.packageDirs.length, "package", "packages"),
    plural(graph.goFiles.length, "Go file", "Go files"),
    ...(graph.embedFiles.length === 0
      ? []
      : [plural(graph.embedFiles.length, "embedded file", "embedded files")]),
    ...(outside.length === 0 ? [] : [`${outside.length} outside the root`]),
  ];
}

function graphProblem(failure: Failure): Finding {
  const [first = ""] = (failure.seen ?? "").split("\n");
  const seen = first === "" ? failure.message : `${failure.message}: ${first}`;
  return problem("watched", seen, failure.hint ?? "run `go list -deps` to see the same error");
}

/** Every line is a reason to watch, and what is watched for it. */
function details({ settings, rules }: WatchedFact, graph: Graph | null): readonly string[] {
  const [root = "", ...others] = settings.roots;
  const short = (path: string): string => shortPath(path, root);
  return [
    ...lines("root", [root]),
    ...lines("and", others),
    ...lines("package", (graph?.packageDirs ?? []).map(short)),
    ...lines("native", (graph?.nativeFiles ?? []).map(short)),
    ...lines("embedded", (graph?.embedFiles ?? []).map(short)),
    ...lines("module", (graph?.moduleFiles ?? []).map(short)),
    ...lines("config", settings.configFiles.map(short)),
    ...lines("env", settings.envFiles.map(short)),
    ...lines("read", settings.includedFiles.map(short)),
    ...lines("run time", [endings(settings.runtimeExtensions)]),
    ...lines("static", [endings(settings.staticExtensions)]),
    ...lines("only in", settings.includedDirs.map(short)),
    ...lines("left out", settings.excludedDirs.map(short)),
    ...lines("left out", [...settings.excludedFiles, ...settings.excludedPatterns]),
    ...lines("rule", rules.map(ruleText)),
  ];
}

function lines(why: string, what: readonly string[]): readonly string[] {
  return what.map((one) => `${why.padEnd(11)}${one}`);
}

function ruleText({ name, inputs, outputs }: RuleSettings): string {
  const from = inputs.length === 0 ? "no inputs" : inputs.join(" ");
  return `${name}: ${from}${outputs.length === 0 ? "" : ` → ${outputs.join(" ")}`}`;
}

const endings = (list: readonly string[]): string => list.join(" ") || "none";

function shortPath(path: string, root: string): string {
  if (path === root) return ".";
  const steps = relative(root, path);
  return isOutside(steps) ? path : steps;
}

function outsideOf(root: string, paths: readonly string[]): readonly string[] {
  return paths.filter((path) => isOutside(relative(root, path)));
}

const isOutside = (steps: string): boolean => /^\.\.(?:[/\\]|$)/.test(steps) || isAbsolute(steps);

function shortList(names: readonly string[]): string {
  const rest = names.length - MOST_NAMES;
  const shown = names.slice(0, MOST_NAMES).join(", ");
  return rest > 0 ? `${shown} and ${rest} more` : shown;
}

const MOST_NAMES = 5;

const plural = (count: number, one: string, many: string): string =>
  `${count} ${count === 1 ? one : many}`;
