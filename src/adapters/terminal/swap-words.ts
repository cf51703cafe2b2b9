import type { GoroutineGroup } from "../../core/event.ts";
import type { Notice } from "../../core/notice.ts";
import { duration } from "./duration.ts";
import { fileName, plural } from "./names.ts";
import type { Line, Styles, WordOptions } from "./style.ts";
import { harmless } from "./text.ts";

type Of<Type extends Notice["type"]> = Extract<Notice, { type: Type }>;

/** The end of a version that was replaced: in few words, and quiet when all was well. */
export function stoppedLines(
  notice: Of<"stopped">,
  options: WordOptions,
  style: Styles,
): readonly Line[] {
  const { generation, ms, forced, drain } = notice;
  const name = `#${generation}`;
  const facts = [
    drain.moved > 0 ? `${plural(drain.moved, "connection")} moved` : "",
    drain.closed > 0 ? `${plural(drain.closed, "stream")} closed in order` : "",
    drain.cut > 0 ? `${plural(drain.cut, "connection")} cut` : "",
    drain.descriptors === null ? "" : `${plural(drain.descriptors, "file")} open`,
  ].filter((text) => text !== "");
  const clean = !forced && drain.cut === 0;
  if (clean && !options.verbose) return [];
  const end = forced
    ? `${name} did not stop in ${duration(ms)} and was killed`
    : `${name} stopped in ${duration(ms)}`;
  const text = [end, ...facts].join(", ");
  const where = clean ? [] : drain.goroutines.slice(0, MOST_GOROUTINES);
  return [
    runner(clean ? style.dim(text) : style.warn(text)),
    ...where.map((group) => runner(style.dim(`  ${goroutineWords(group, options)}`))),
  ];
}

const MOST_GOROUTINES = 5;

function goroutineWords(group: GoroutineGroup, { root }: WordOptions): string {
  const count = plural(group.count, "goroutine");
  const name = harmless(group.function);
  return `${count} in ${name} ${fileName(group.file, root)}:${group.line}`;
}

export function handoffLines(
  { generation, why }: Of<"handoff-chosen">,
  style: Styles,
): readonly Line[] {
  const what = style.warn("two versions cannot run at once");
  const lines = [`#${generation} ${what}: ${harmless(why)}`];
  const effect = "  from now on the old one ends first, while clients wait (run.swap = handoff)";
  return [...lines, style.dim(effect)].map(main);
}

export function endsAtOnceLines(
  { generation, signal, main: place }: Of<"ends-at-once">,
  { root }: WordOptions,
  style: Styles,
): readonly Line[] {
  const where =
    place === null
      ? ""
      : `; main is in ${harmless(place.function)} ${fileName(place.file, root)}:${place.line}`;
  const text = `#${generation} ends at once on ${signal}: it never calls Shutdown${where}`;
  return [runner(style.dim(text))];
}

/** What of the kept values was lost is always told, what went well only to those who want to know. */
export function stateLines(
  { generation, news }: Of<"state-news">,
  options: WordOptions,
  style: Styles,
): readonly Line[] {
  const lost = [
    ...news.changed.map((name) => `${name} has another type and starts anew`),
    ...news.unsaved.map(
      ({ name, reason }) =>
        `${name === "*" ? "nothing travels" : `${name} does not travel`}: ${reason}`,
    ),
    ...news.lossy.map(({ name, field }) => `${name} travels without ${field}`),
    ...news.dropped.map((name) => `${name} is not kept any more`),
  ].map((text) => runner(style.warn(`#${generation} state: ${harmless(text)}`)));
  const restored = news.restored.map(harmless).join(", ");
  if (restored === "" || !options.verbose) return lost;
  return [...lost, runner(style.dim(`#${generation} state: ${restored} came along`))];
}

/** What the program says of itself. That it is ready, or ends as it was told to, is seen anyway. */
export function toldLines(
  { generation, told }: Of<"told">,
  options: WordOptions,
  style: Styles,
): readonly Line[] {
  const words = [
    ...(told.stopping && options.verbose ? ["it is about to stop"] : []),
    ...(told.status === null || told.status === "" ? [] : [harmless(told.status)]),
  ];
  return words.map((text) => runner(style.dim(`#${generation} says: ${text}`)));
}

const main = (text: string): Line => ({ part: "main", text });
const runner = (text: string): Line => ({ part: "runner", text });
