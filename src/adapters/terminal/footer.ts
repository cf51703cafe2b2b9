import type { TestsView, View } from "../../core/view.ts";
import { elapsed } from "./duration.ts";
import { failureBrief } from "./failure-words.ts";
import { fileName, plural } from "./names.ts";
import { styles } from "./style.ts";
import type { Styles, WordOptions } from "./style.ts";
import { harmless, truncate } from "./text.ts";

/**
 * The status line while something is not as it should be, or takes long; null when all is well.
 * `now` is on the clock of the view, in milliseconds; `staleSince` is when the newest save began
 * to be something else than what serves.
 */
export function footerWords(
  view: View,
  now: number,
  staleSince: number | null,
  options: WordOptions,
): string | null {
  const style = styles(options.colors);
  const work = workWords(view, now);
  const segments: string[] = [];
  const tests = view.tests === undefined ? null : testWords(view.tests, now);
  if (work !== null) segments.push(style.warn(work));
  if (view.failure !== null) segments.push(failureWords(view, options, style));
  else if (view.paused) segments.push(style.warn("paused, p goes on"));
  if (tests !== null) segments.push(tests.bad ? style.bad(tests.text) : style.dim(tests.text));
  const { waiting, held } = view;
  if (held !== null) {
    const { place, generation } = held;
    const where = place === null ? "" : ` at ${fileName(place.file, options.root)}:${place.line}`;
    segments.push(style.warn(`#${generation} waits: stopped in the debugger${where}`));
  }
  if (waiting !== null) {
    const since = elapsed(now - waiting.since);
    segments.push(style.warn(`#${waiting.generation} built and waiting ${since}, r swaps`));
  }
  if (segments.length === 0) return null;
  if (view.fix !== null && work === null && options.keys === true) {
    segments.push(`${style.bold("g")} runs \`go ${harmless(view.fix.join(" "))}\``);
  }
  if (view.failure !== null || work !== null || (waiting ?? held) !== null)
    segments.push(servingWords(view, now, staleSince));
  // One column stays free: in the last one some terminals wrap at once.
  const columns = options.columns === null ? null : Math.max(1, options.columns - 1);
  const mark = view.failure === null ? "" : `${style.bad("●")} `;
  return truncate(mark + segments.join(" — "), columns);
}

/** The staleness as one line, where there is no status line to keep it visible. */
export function staleWords(view: View, now: number, staleSince: number | null): string | null {
  if (!view.stale || view.failure === null || view.failed === null) return null;
  return `#${view.failed} is not live — ${servingWords(view, now, staleSince)}`;
}

/** Work shorter than this is not worth a status line that comes and goes. */
export const PATIENCE_MS = 400;

function workWords(view: View, now: number): string | null {
  const activity = view.activity;
  if (activity.type === "idle" || activity.type === "collecting") return null;
  const ms = now - activity.since;
  if (ms < PATIENCE_MS) return null;
  switch (activity.type) {
    case "rule":
      return `${harmless(activity.rule)} runs… ${elapsed(ms)}`;
    case "testing":
      return `testing #${activity.generation}… ${elapsed(ms)}`;
    case "modules":
      return `${modulesWords(activity)}… ${elapsed(ms)}`;
    case "building":
      return `building #${activity.generation}… ${elapsed(ms)}`;
    case "waiting":
      return `#${activity.generation} waits for ${activity.for.join(", ")}… ${elapsed(ms)}`;
    case "starting":
      return `starting #${activity.generation}… ${elapsed(ms)}`;
    case "stopping":
      return `stopping #${activity.generation}… ${elapsed(ms)}`;
  }
}

/** Tests that run beside what serves, or have failed. */
function testWords(tests: TestsView, now: number): { text: string; bad: boolean } | null {
  if (tests.activity === "running" && tests.since !== null) {
    const ms = now - tests.since;
    const what = tests.count === null ? "tests" : plural(tests.count, "test");
    return ms < PATIENCE_MS ? null : { text: `${what} run… ${elapsed(ms)}`, bad: false };
  }
  const [first] = tests.failed;
  if (first === undefined) return null;
  const more = tests.failed.length - 1;
  const names = more === 0 ? first : `${first} and ${more} more`;
  return { text: `${harmless(names)} ${more === 0 ? "fails" : "fail"}`, bad: true };
}

function modulesWords({
  command,
  progress,
}: Extract<View["activity"], { type: "modules" }>): string {
  if (command !== null) return harmless(`go ${command.join(" ")}`);
  if (progress === null) return "looking for modules";
  const { done, total, current } = progress;
  const count = total === 1 ? "" : ` ${done} of ${total}`;
  return harmless(`fetching${count}${current === null ? " modules" : ` ${current}`}`);
}

function failureWords(view: View, options: WordOptions, style: Styles): string {
  if (view.failure === null) return "";
  const brief = failureBrief(view.failure, options.root);
  const name = view.failed === null ? "newest" : `#${view.failed}`;
  return `${style.bold(name)} is not live: ${brief}`;
}

function servingWords(view: View, now: number, staleSince: number | null): string {
  if (view.serving === null) return "nothing runs";
  const age =
    view.failure === null || staleSince === null ? "" : ` (stale ${elapsed(now - staleSince)})`;
  return `#${view.serving.generation} serves${age}`;
}
