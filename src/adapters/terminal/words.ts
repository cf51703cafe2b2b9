import type { Phase } from "../../core/event.ts";
import type { Failure } from "../../core/failure.ts";
import type { Notice } from "../../core/notice.ts";
import { airLine } from "./air-words.ts";
import { duration } from "./duration.ts";
import { failureDetail } from "./failure-words.ts";
import { moduleLines } from "./module-words.ts";
import { addressWords, causeWords, fileName, plural } from "./names.ts";
import {
  endsAtOnceLines,
  handoffLines,
  stateLines,
  toldLines,
  stoppedLines,
} from "./swap-words.ts";
import { styles } from "./style.ts";
import type { Line, Styles, WordOptions } from "./style.ts";
import { testLines } from "./test-words.ts";
import { flow, harmless } from "./text.ts";

/** Puts a notice into lines. Pure; sources are read through the options alone. */
export function noticeWords(notice: Notice, options: WordOptions): readonly Line[] {
  const style = styles(options.colors);
  switch (notice.type) {
    case "live":
      return liveLines(notice, options, style);
    case "failed":
      return failedLines(notice, options, style);
    case "crashed":
      return crashedLines(notice, options, style);
    case "tests-started":
    case "tests-cancelled":
    case "tests-finished":
    case "tests-recorded":
      return testLines(notice, options, style);
    case "tests-unknown":
      return failureLines("tests not run", notice.failure, options, style.bad);
    case "rolled-back":
      return [main(rolledBackWords(notice, style))];
    case "warned":
      return failureLines(`#${notice.generation} warning`, notice.failure, options, style.warn);
    case "graph-failed":
      return failureLines("packages not read", notice.failure, options, style.bad);
    case "refused":
      return failureLines("not done", notice.failure, options, style.warn);
    case "config-rejected": {
      const lines = failureLines("configuration not read", notice.failure, options, style.bad);
      return [...lines, error("  the earlier configuration stays")];
    }
    case "build-started":
    case "build-cancelled":
    case "built":
    case "prepared":
    case "awaiting-swap":
    case "linker":
    case "finished":
    case "stopped":
    case "handoff-chosen":
    case "ends-at-once":
    case "state-news":
    case "told":
    case "held-back":
    case "killed-leftovers":
    case "ignored":
    case "nothing-to-do":
    case "rule-started":
    case "rule-finished":
    case "fetch-started":
    case "fetch-finished":
    case "fix-started":
    case "fix-finished":
    case "rescanned":
    case "paused":
    case "resumed":
    case "config-reloaded":
    case "stopping":
      return quietLines(notice, options, style);
  }
}

type Of<Type extends Notice["type"]> = Extract<Notice, { type: Type }>;
type Quiet = Exclude<
  Notice,
  Of<
    | "live"
    | "failed"
    | "crashed"
    | "rolled-back"
    | "tests-started"
    | "tests-cancelled"
    | "tests-finished"
    | "tests-recorded"
    | "tests-unknown"
    | "warned"
    | "graph-failed"
    | "refused"
    | "config-rejected"
  >
>;

/** Notices that are one plain line, some of them only in verbose mode. */
function quietLines(notice: Quiet, options: WordOptions, style: Styles): readonly Line[] {
  const verbose = (line: Line): readonly Line[] => (options.verbose ? [line] : []);
  const number = (generation: number): string => style.bold(`#${generation}`);
  switch (notice.type) {
    case "build-started":
      return buildStartedLines(notice, options, style);
    case "build-cancelled":
      return verbose(build(style.dim(`#${notice.generation} dropped: a newer save came`)));
    case "built":
      return verbose(build(style.dim(`#${notice.generation} ${routeWords(notice.route)}`)));
    case "prepared":
      return verbose(build(style.dim(preparedWords(notice.outcome))));
    case "awaiting-swap":
      return waitingLines(notice, options, style);
    case "linker":
      return verbose(build(style.dim(linkerWords(notice.outcome))));
    case "finished":
      return [main(`${number(notice.generation)} finished in ${duration(notice.totalMs)}`)];
    case "stopped":
      return stoppedLines(notice, options, style);
    case "handoff-chosen":
      return handoffLines(notice, style);
    case "ends-at-once":
      return endsAtOnceLines(notice, options, style);
    case "state-news":
      return stateLines(notice, options, style);
    case "told":
      return toldLines(notice, options, style);
    case "held-back":
      return [main(heldBackWords(notice, options, style))];
    case "killed-leftovers":
      return [runner(leftoverWords(notice, style))];
    case "ignored":
      return options.verbose
        ? notice.files.map((file) =>
            watcher(
              style.dim(`ignored ${fileName(file.path, options.root)}: ${harmless(file.reason)}`),
            ),
          )
        : [];
    case "nothing-to-do": {
      const what = causeWords(notice.cause, options.root);
      return [main(style.dim(`${what === "" ? "" : `${what}: `}${harmless(notice.reason)}`))];
    }
    case "rule-started":
      return verbose(build(style.dim(`${harmless(notice.rule)} runs`)));
    case "rule-finished":
      return [build(`${harmless(notice.rule)} done in ${duration(notice.durationMs)}`)];
    case "fetch-started":
    case "fetch-finished":
    case "fix-started":
    case "fix-finished":
      return moduleLines(notice, options, style);
    case "rescanned":
      return notice.found === 0 && !options.verbose ? [] : [watcher(rescannedWords(notice))];
    case "paused":
      return [main(style.warn("paused: saves are collected, nothing is built"))];
    case "resumed":
      return [main("goes on")];
    case "config-reloaded":
      return [main("configuration read again")];
    case "stopping":
      return options.airWords
        ? [airLine("main", "cleaning...", options)]
        : stoppingLines(notice, style);
  }
}

function routeWords(route: Of<"built">["route"]): string {
  switch (route.type) {
    case "direct":
      return `built directly, ${plural(route.packages, "package")} compiled${route.preloaded ? ", linked by the linker that waited" : ""}`;
    case "go":
      return `built by the go command: ${harmless(route.reason)}`;
    case "foreign":
      return "built";
  }
}

function preparedWords(outcome: Of<"prepared">["outcome"]): string {
  switch (outcome.type) {
    case "ready":
      return `saves in ${plural(outcome.packages, "package")} are built directly from now on`;
    case "checked":
      return `go compiles to the same what was built directly (${plural(outcome.packages, "package")})`;
    case "outdated":
      return `the next save is built by the go command: ${harmless(outcome.reason)}`;
    case "doubtful":
      return `go compiles ${harmless(outcome.package)} to something else: it is built again`;
    case "impossible":
      return `saves are built by the go command: ${harmless(outcome.reason)}`;
    case "cancelled":
    case "preloaded":
    case "not-preloaded":
      return "";
  }
}

function linkerWords(outcome: Of<"linker">["outcome"]): string {
  return outcome.type === "preloaded"
    ? "a linker has loaded all packages but yours, and waits for the next save"
    : `no linker waits for saves: ${harmless(outcome.reason)}`;
}

function liveLines(notice: Of<"live">, options: WordOptions, style: Styles): readonly Line[] {
  const first = notice.cause.type === "first";
  const again = notice.build === notice.generation ? "" : style.dim(`build #${notice.build} again`);
  const down = notice.downtimeMs > 0 ? [{ name: "down", durationMs: notice.downtimeMs }] : [];
  const lines = flow(
    [
      `${style.bold(`#${notice.generation}`)} ${style.good("live")} in ${duration(notice.totalMs)}`,
      style.dim(phaseWords([...notice.phases, ...down])),
      again,
      causeWords(notice.cause, options.root),
      ...(first || options.verbose ? notice.addresses.map(addressWords).map(style.name) : []),
      options.verbose ? style.dim(`pid ${notice.pid}`) : "",
    ],
    options.columns,
  ).map(main);
  return [...lines, ...addressLines(notice, style)];
}

function waitingLines(
  notice: Of<"awaiting-swap">,
  options: WordOptions,
  style: Styles,
): readonly Line[] {
  const again = notice.build === notice.generation ? "" : style.dim(`build #${notice.build} again`);
  const serving = notice.serving === null ? "nothing runs" : `#${notice.serving} serves on`;
  const head = flow(
    [
      `${style.bold(`#${notice.generation}`)} ${style.warn("built and waiting")} in ${duration(notice.totalMs)}`,
      style.dim(phaseWords(notice.phases)),
      again,
      causeWords(notice.cause, options.root),
    ],
    options.columns,
  );
  return [...head, `  ${serving}; r or \`gust swap\` makes it live`].map(main);
}

/** Where the edit has moved the program to. */
function addressLines(notice: Of<"live">, style: Styles): readonly Line[] {
  const [from, to] = [notice.missing[0], notice.opened[0]];
  const one = notice.missing.length === 1 && notice.opened.length === 1;
  if (one && from !== undefined && to?.network === from.network) {
    const move = `${harmless(from.address)} → ${harmless(to.address)}`;
    return [main(style.warn(`  moved from ${from.network} ${move}`))];
  }
  const name = ({ network, address }: (typeof notice.opened)[number]): string =>
    `${network} ${harmless(address)}`;
  return [
    ...notice.missing.map((address) => `  no longer listens on ${name(address)}`),
    ...notice.opened.map((address) => `  also listens on ${name(address)}`),
  ].map((text) => main(style.warn(text)));
}

/** What takes no time is not worth a word. */
function phaseWords(phases: readonly Phase[]): string {
  const words = phases.flatMap(({ name, durationMs }) => {
    const ms = Math.round(durationMs);
    return ms === 0 ? [] : [`${harmless(name)} ${ms < 1000 ? ms : duration(ms)}`];
  });
  return words.join(" · ");
}

function failedLines(notice: Of<"failed">, options: WordOptions, style: Styles): readonly Line[] {
  const head = flow(
    [
      `${style.bold(`#${notice.generation}`)} ${style.bad("is not live")}: ${harmless(notice.failure.message)}`,
      style.dim(phaseWords(notice.phases)),
      causeWords(notice.cause, options.root),
    ],
    options.columns,
  );
  const serving =
    notice.serving === null
      ? "  nothing runs; the next good save starts it"
      : `  ${style.bold(`#${notice.serving}`)} serves on`;
  return [...head, ...failureDetail(notice.failure, options), serving].map(error);
}

function crashedLines(notice: Of<"crashed">, options: WordOptions, style: Styles): readonly Line[] {
  const head = `${style.bold(`#${notice.generation}`)} ${style.bad("ended")}: ${harmless(notice.failure.message)}`;
  const next =
    notice.restartMs === null
      ? "  it waits for the next save"
      : `  started again in ${duration(notice.restartMs)}`;
  return [head, ...failureDetail(notice.failure, options), next].map(error);
}

function failureLines(
  what: string,
  failure: Failure,
  options: WordOptions,
  colour: (text: string) => string,
): readonly Line[] {
  const head = `${colour(what)}: ${harmless(failure.message)}`;
  return [head, ...failureDetail(failure, options)].map(error);
}

function rolledBackWords(notice: Of<"rolled-back">, style: Styles): string {
  const why = {
    "start-failed": `#${notice.from} did not start`,
    crashed: `#${notice.from} crashed`,
    requested: `was #${notice.from}`,
  }[notice.why];
  return `${style.warn("rolled back to")} ${style.bold(`#${notice.to}`)}  ${why}`;
}

function buildStartedLines(
  notice: Of<"build-started">,
  options: WordOptions,
  style: Styles,
): readonly Line[] {
  const cause = notice.cause;
  if (options.airWords) {
    // air names the first file of a burst, and no more.
    const file = cause.type === "files" ? cause.files[0] : undefined;
    const name = file === undefined ? null : fileName(file.path, options.root);
    const changed = name === null ? [] : [airLine("main", `${name} has changed`, options)];
    return [...changed, airLine("build", "building...", options)];
  }
  if (!options.verbose && (options.footer || cause.type !== "first")) return [];
  const words = [style.dim(`#${notice.generation} building`), causeWords(cause, options.root)];
  return flow(words, options.columns).map(build);
}

function heldBackWords(
  { generation, serving, place }: Of<"held-back">,
  { root }: WordOptions,
  style: Styles,
): string {
  const where = place === null ? "" : ` at ${fileName(place.file, root)}:${place.line}`;
  const stopped = `#${serving} is stopped in the debugger${where}`;
  return `${style.bold(`#${generation}`)} ${style.warn("waits")}: ${stopped}, and replaced when it goes on`;
}

function leftoverWords(notice: Of<"killed-leftovers">, style: Styles): string {
  const processes = plural(notice.count, "process", "processes");
  return style.warn(`#${notice.generation} left ${processes} behind, killed`);
}

function rescannedWords(notice: Of<"rescanned">): string {
  const found = notice.found === 0 ? "nothing changed" : `${plural(notice.found, "file")} changed`;
  return `looked at everything again (${harmless(notice.reason)}): ${found}`;
}

function stoppingLines(notice: Of<"stopping">, style: Styles): readonly Line[] {
  if (notice.generation === 0) return [];
  return [main(`${style.dim(`stopping #${notice.generation}`)}  ${style.dim("Ctrl-C forces")}`)];
}

function main(text: string): Line {
  return { part: "main", text };
}

function watcher(text: string): Line {
  return { part: "watcher", text };
}

function build(text: string): Line {
  return { part: "build", text };
}

function runner(text: string): Line {
  return { part: "runner", text };
}

function error(text: string): Line {
  return { part: "error", text };
}
