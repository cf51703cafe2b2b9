import type { Save, SaveOutcome, ServiceBoard } from "../../core/dashboard.ts";
import type { DeclarationEdit } from "../../core/go-meaning.ts";
import type { ModuleEdit } from "../../core/module-edits.ts";
import type { Cause, DrainReport } from "../../core/notice.ts";
import type { SelectionSummary } from "../../core/test-report.ts";
import type { Address } from "../../core/version.ts";
import { plainText } from "./ansi.ts";

/*
 * What the dashboard says, in the words that the terminal has for it.
 */

/** `318 ms`, `2.4 s`, `42 s`, `3 min 5 s`. */
export function duration(ms: number): string {
  const whole = Math.max(0, Math.round(ms));
  if (whole < 1000) return `${whole} ms`;
  const tenths = Math.round(whole / 100) / 10;
  return tenths < 10 ? `${tenths.toFixed(1)} s` : elapsed(whole);
}

/** In whole seconds, for what goes on: `0 s`, `14 s`, `3 min 5 s`, `2 h 10 min`. */
export function elapsed(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min${rest(seconds % 60, "s")}`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h${rest(minutes % 60, "min")}`;
  return `${Math.floor(hours / 24)} d${rest(hours % 24, "h")}`;
}

/** `512 B`, `4.1 kB`, `12.3 MB`. */
export function bytes(count: number): string {
  const size = Math.abs(count);
  if (size < 1000) return `${count} B`;
  const [value, unit] = size < 1e6 ? [count / 1e3, "kB"] : [count / 1e6, "MB"];
  return `${Math.abs(value) < 100 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}

/** With its sign: `+1.2 kB`, `−340 B`, `the same`. */
export function growth(from: number, to: number): string {
  if (from === to) return "the same";
  return to > from ? `+${bytes(to - from)}` : `−${bytes(from - to)}`;
}

/** `1 package`, `2 packages`. */
export function plural(count: number, noun: string, nouns: string = `${noun}s`): string {
  return `${count.toLocaleString("en")} ${count === 1 ? noun : nouns}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[]): string {
  return words.length < 2
    ? (words[0] ?? "")
    : `${words.slice(0, -1).join(", ")} and ${words.at(-1) ?? ""}`;
}

/** Relative to the root inside of it, as it is elsewhere. */
export function fileName(path: string, root: string): string {
  for (const separator of ["/", "\\"]) {
    const prefix = root.endsWith(separator) ? root : `${root}${separator}`;
    if (path.startsWith(prefix)) return plainText(path.slice(prefix.length));
  }
  return plainText(path);
}

/** With a capital at its begin, as a sentence of its own. */
export const sentence = (words: string): string =>
  `${words.charAt(0).toUpperCase()}${words.slice(1)}`;

/** Last part of a path, as systems of both kinds write them. */
export const baseName = (path: string): string =>
  path.split(/[\\/]/).findLast((part) => part !== "") ?? path;

/** How each outcome is called. */
export const outcomeWords: Readonly<Record<SaveOutcome, string>> = {
  working: "under way",
  live: "live",
  waiting: "built and waiting",
  failed: "not live",
  superseded: "dropped: a newer save came",
  "rolled-back": "rolled back",
  finished: "finished",
  nothing: "needs nothing",
};

/** Why something was done: `main.go, store.go removed +3`, `asked for by gust swap`. */
export function causeWords(cause: Cause, root: string): string {
  switch (cause.type) {
    case "first":
      return "the first build";
    case "crash":
      return "after a crash";
    case "request":
      return `asked for by ${cause.fix === true && cause.origin === "control" ? "gust fix" : origins[cause.origin]}`;
    case "files": {
      const named = cause.files.slice(0, 3).map(({ path, change }) => {
        const name = fileName(path, root);
        return change === "modified" ? name : `${name} ${change === "created" ? "new" : change}`;
      });
      const more = cause.count - named.length;
      return `${named.join(", ")}${more > 0 ? ` +${more}` : ""}`;
    }
  }
}

/** `~ (*API).Create`, `+ parseLimit`, `− oldHelper`, `old → new`, `Get ← store.go`. */
export function editWords({ edit, name, from = "" }: DeclarationEdit, root: string): string {
  if (edit === "renamed") return `${plainText(from)} → ${plainText(name)}`;
  if (edit === "moved") return `${plainText(name)} ← ${fileName(from, root)}`;
  return `${{ changed: "~", added: "+", removed: "−" }[edit]} ${plainText(name)}`;
}

/** `+ github.com/x/y v1.2.0`, `z v1.0.0 → v1.1.0`. */
export function moduleEditWords({ edit, name, from = "", to = "" }: ModuleEdit): string {
  if (edit === "changed") return plainText(from === to ? `~ ${name}` : `${name} ${from} → ${to}`);
  const value = edit === "added" ? to : from;
  return plainText(`${edit === "added" ? "+" : "−"} ${name}${value === "" ? "" : ` ${value}`}`);
}

/** What became of the clients of a version that has ended. */
export function drainWords({ moved, closed, cut }: DrainReport): string {
  const parts = [
    ...(moved > 0 ? [`${plural(moved, "connection")} went on with the next version`] : []),
    ...(closed > 0
      ? [`${plural(closed, "answer")} without an end ${closed === 1 ? "was" : "were"} closed`]
      : []),
    ...(cut > 0 ? [`${plural(cut, "connection")} ${cut === 1 ? "was" : "were"} cut`] : []),
  ];
  return parts.length === 0 ? "no connection was open" : listed(parts);
}

/** `http://localhost:8080` for what browsers can open; null for other addresses. */
export function addressUrl({ network, address }: Address): string | null {
  const [, host = "", port = ""] = /^(.*):(\d+)$/.exec(address) ?? [];
  if (network !== "tcp" || port === "") return null;
  const wild = ["", "*", "0.0.0.0", "::", "[::]"].includes(host);
  return `http://${wild ? "localhost" : host}:${port}`;
}

/** `3 of 120 tests in 2 packages`. */
export function selectionWords({ tests, known, packages }: SelectionSummary): string {
  if (tests === 0) return "no test is affected";
  const all = tests === 1 ? "1 test" : `all ${plural(tests, "test")}`;
  const count = tests === known ? all : `${tests} of ${plural(known, "test")}`;
  return `${count} in ${plural(packages, "package")}`;
}

/** How it is with a service, in the fewest words, and what colour says it too. */
export interface Standing {
  readonly tone: "good" | "bad" | "busy" | "warn" | "none";
  readonly words: string;
}

/** How it is with a service. */
export function standing({ state, failure, saves }: ServiceBoard): Standing {
  const serving = state.serving === null ? "" : `; #${state.serving.generation} serves on`;
  if (failure !== null) {
    return { tone: "bad", words: `#${state.failed ?? state.newest} is not live${serving}` };
  }
  if (state.waiting !== null) {
    return { tone: "warn", words: `#${state.waiting} is built and waits${serving}` };
  }
  if (state.held !== null) {
    return { tone: "warn", words: `#${state.held} waits for the debugger${serving}` };
  }
  const doing = activityWords(state.activity, state.waitsFor ?? []);
  if (state.serving === null) {
    return doing === null
      ? { tone: "none", words: "nothing runs" }
      : { tone: "busy", words: `#${state.newest} ${doing}` };
  }
  if (!state.live && saves[0]?.outcome === "rolled-back" && doing === null) {
    const { generation } = state.serving;
    return { tone: "warn", words: `#${generation} is live again in place of #${state.newest}` };
  }
  if (state.live) return { tone: "good", words: `#${state.serving.generation} is live` };
  if (doing === null) {
    return { tone: "warn", words: `#${state.newest} is not what serves${serving}` };
  }
  return { tone: "busy", words: `#${state.newest} ${doing}${serving}` };
}

/** `is being built`; null when nothing is done. */
export function activityWords(activity: string, waitsFor: readonly string[]): string | null {
  switch (activity) {
    case "idle":
      return null;
    case "collecting":
      return "is being looked at";
    case "rule":
      return "waits for a rule";
    case "testing":
      return "is being tested";
    case "modules":
      return "waits for modules";
    case "building":
      return "is being built";
    case "waiting":
      return waitsFor.length === 0 ? "waits" : `waits for ${listed(waitsFor)}`;
    case "starting":
      return "is being started";
    case "stopping":
      return "takes over";
    default:
      return activity;
  }
}

/** What a screen reader hears when it changes. */
export function announcement(board: ServiceBoard): string {
  const { words } = standing(board);
  const name = board.name === "" ? "" : `${board.name}: `;
  const why = board.failure === null ? "" : `: ${plainText(board.failure.message)}`;
  return `${name}${words}${why}`;
}

/** `#42 is live in 318 ms, main.go`: the name of a bar. */
export function saveWords(save: Save, root: string): string {
  const time = save.totalMs === null ? "" : ` after ${duration(save.totalMs)}`;
  return `#${save.generation} ${outcomeWords[save.outcome]}${time}, ${causeWords(save.cause, root)}`;
}

const origins = {
  key: "key",
  signal: "signal",
  control: "gust swap",
  browser: "the dashboard",
} as const;

function rest(value: number, unit: string): string {
  return value === 0 ? "" : ` ${value} ${unit}`;
}
