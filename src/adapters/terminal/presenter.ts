import type { Failure } from "../../core/failure.ts";
import type { Notice } from "../../core/notice.ts";
import type { ConsoleEntry } from "../../core/page-state.ts";
import type { View } from "../../core/view.ts";
import type { Clock, WatchReport } from "../../engine/ports.ts";
import { airLine, isShown } from "./air-words.ts";
import type { LogOptions } from "./air-words.ts";
import { failureDetail, failurePosition } from "./failure-words.ts";
import type { Position } from "./failure-words.ts";
import { type TracedCommand, commandLine } from "./command-words.ts";
import type { Face } from "./face.ts";
import { footerWords, PATIENCE_MS, staleWords } from "./footer.ts";
import { helpWords } from "./help.ts";
import { plural } from "./names.ts";
import type { LineScreen, Stream } from "./screen.ts";
import { styles } from "./style.ts";
import type { Line, Part, WordOptions } from "./style.ts";
import { harmless, harmlessLines } from "./text.ts";
import { noticeWords } from "./words.ts";

export interface PresenterOptions {
  readonly screen: LineScreen;
  readonly words: Omit<WordOptions, "columns" | "footer">;
  /** Columns of the terminal now; null where gust's lines go to none. */
  readonly columns: () => number | null;
  readonly clock: Clock;
  /** Time of day as `15:04:05`, for `[log] time`. */
  readonly timeOfDay: () => string;
  readonly log: LogOptions;
  /** air's `[screen]`. */
  readonly clearOnRebuild: boolean;
  readonly keepScroll: boolean;
  /** Where gust was started, and on what: for commands that are shown to be pasted. */
  readonly here: string;
  readonly platform: NodeJS.Platform;
}

/** Puts notices and the state of things before a person: lines, and a status line. */
export class TerminalPresenter implements Face {
  readonly #options: PresenterOptions;
  #verbose: boolean;
  #view: View | null = null;
  #staleSince: number | null = null;
  #lastFailure: Failure | null = null;
  #announcedStart = 0;
  #cancelTick: (() => void) | null = null;
  #closed = false;

  constructor(options: PresenterOptions) {
    this.#options = options;
    this.#verbose = options.words.verbose;
  }

  notice(notice: Notice, view: View): void {
    const { screen, clearOnRebuild, keepScroll } = this.#options;
    if (notice.type === "build-started" && notice.cause.type === "files" && clearOnRebuild) {
      screen.clear(!keepScroll);
    }
    // A key that could not do what it says must not hide the error that one wants to look at.
    if ("failure" in notice && notice.type !== "refused") this.#lastFailure = notice.failure;
    this.#follow(view);
    this.#show(noticeWords(notice, this.#words()));
    if (!screen.terminal && REMINDED.has(notice.type)) this.#remind(view);
    this.#draw();
  }

  view(view: View): void {
    this.#follow(view);
    this.#draw();
  }

  output(stream: Stream, data: Uint8Array): boolean {
    return this.#options.screen.output(stream, data);
  }

  drained(): Promise<void> {
    return this.#options.screen.drained();
  }

  watching(report: WatchReport, root: string): void {
    const lines: Line[] = [];
    const style = styles(this.#options.words.colors);
    const directories = plural(report.directories, "directory", "directories");
    if (this.#options.words.airWords) {
      lines.push(airLine("watcher", "watching .", this.#words()));
    } else if (this.#verbose) {
      lines.push({ part: "watcher", text: style.dim(`watching ${directories} in ${root}`) });
    }
    if (report.reason !== null) {
      const text = `polling for changes: ${harmless(report.reason)}`;
      lines.push({ part: "watcher", text: style.warn(text) });
    }
    this.#show(lines);
    for (const failure of report.failures) this.failure("not watched", failure);
  }

  waiting(names: readonly string[]): void {
    this.say("main", `waits for ${names.join(", ")}`);
  }

  console({ level, text, place }: ConsoleEntry): void {
    const style = styles(this.#options.words.colors);
    const head = (level === "error" ? style.bad : style.warn)(`browser ${level}`);
    const [first = "", ...more] = harmlessLines(text);
    const where = place === null ? "" : style.dim(`  ${harmless(place)}`);
    this.#show([`${head}: ${first}${where}`, ...more.map((line) => `  ${line}`)].map(asError));
  }

  failure(what: string, failure: Failure): void {
    const words = this.#words();
    const head = `${styles(words.colors).warn(what)}: ${harmless(failure.message)}`;
    this.#show([head, ...failureDetail(failure, words)].map(asError));
  }

  command(command: TracedCommand): void {
    // Neither shortened nor behind the time: it is there to be pasted.
    const { screen, here, platform } = this.#options;
    screen.lines([harmless(commandLine(command, here, platform))]);
  }

  /** One line of gust's own. */
  say(part: Part | "error", text: string): void {
    this.#show([{ part, text }]);
  }

  /** The keys; with services, also those that choose one. */
  help(services: readonly string[] = []): void {
    const { words, columns } = this.#options;
    this.#show(helpWords(words.colors, columns(), services).map(asError));
  }

  lastError(): void {
    if (this.#lastFailure === null) this.say("error", "no error so far");
    else {
      const words = { ...this.#words(), verbose: true };
      const head = styles(words.colors).bad(harmless(this.#lastFailure.message));
      this.#show([head, ...failureDetail(this.#lastFailure, words)].map(asError));
    }
  }

  /** Where the last error is, for an editor; null when there is none or it has no place. */
  position(): Position | null {
    return this.#lastFailure === null ? null : failurePosition(this.#lastFailure);
  }

  get verbose(): boolean {
    return this.#verbose;
  }

  /** The newest save is not live. */
  get failed(): boolean {
    return this.#view?.failure != null;
  }

  setVerbose(verbose: boolean): void {
    this.#verbose = verbose;
  }

  toggleVerbose(): void {
    this.#verbose = !this.#verbose;
    this.say("error", this.#verbose ? "says more" : "says less");
  }

  clear(): void {
    this.#options.screen.clear(false);
  }

  /** After a change of the terminal's size, or after somebody else had the terminal. */
  redraw(): void {
    this.#draw();
  }

  async close(_code: number): Promise<void> {
    this.#end();
    if (this.#options.words.airWords) {
      this.#show([airLine("main", "see you again~", this.#words())]);
    }
    await this.#options.screen.close();
  }

  rescue(): void {
    this.#end();
    this.#options.screen.rescue();
  }

  #end(): void {
    this.#closed = true;
    this.#cancelTick?.();
  }

  #words(): WordOptions {
    return {
      ...this.#options.words,
      verbose: this.#verbose,
      columns: this.#options.columns(),
      footer: this.#options.screen.terminal && !this.#options.log.silent,
    };
  }

  #show(lines: readonly Line[]): void {
    const { log, screen, timeOfDay } = this.#options;
    const shown = lines.filter((line) => isShown(line, log, this.#verbose));
    const time = log.time ? `[${timeOfDay()}] ` : "";
    // What is indented belongs to the line above, which has the time.
    screen.lines(shown.map(({ text }) => (text.startsWith("  ") ? text : `${time}${text}`)));
  }

  #follow(view: View): void {
    this.#view = view;
    if (!view.stale) this.#staleSince = null;
    else this.#staleSince ??= this.#options.clock.now();
    if (view.activity.type !== "starting" || view.activity.generation === this.#announcedStart) {
      return;
    }
    this.#announcedStart = view.activity.generation;
    if (this.#options.words.airWords) this.#show([airLine("runner", "running...", this.#words())]);
  }

  #remind(view: View): void {
    const text = staleWords(view, this.#options.clock.now(), this.#staleSince);
    if (text !== null) this.#show([{ part: "main", text }]);
  }

  #draw(): void {
    const { screen, clock } = this.#options;
    const words = this.#words();
    this.#cancelTick?.();
    this.#cancelTick = null;
    const view = this.#view;
    if (view === null || this.#closed || !words.footer) return;
    const now = clock.now();
    const text = footerWords(view, now, this.#staleSince, words);
    screen.footer(text);
    const since = "since" in view.activity ? view.activity.since : null;
    // The words change with time while something goes on, or is stale.
    if (text === null && since === null) return;
    const early = since !== null && now - since < PATIENCE_MS;
    this.#cancelTick = clock.after(early ? PATIENCE_MS - (now - since) : TICK_MS, () => {
      this.#draw();
    });
  }
}

const TICK_MS = 1000;
/** Events after which a log without a status line says again that the newest is not live. */
const REMINDED: ReadonlySet<Notice["type"]> = new Set<Notice["type"]>([
  "rolled-back",
  "nothing-to-do",
  "refused",
  "paused",
  "resumed",
  "config-reloaded",
  "config-rejected",
  "killed-leftovers",
]);

function asError(text: string): Line {
  return { part: "error", text };
}
