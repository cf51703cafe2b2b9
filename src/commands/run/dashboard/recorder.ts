import type { WatchReport } from "../../../engine/ports.ts";
import type { Engine } from "../../../engine/engine.ts";
import type { PackageGraph, Save, ServiceBoard, ServiceNews } from "../../../core/dashboard.ts";
import {
  type BoardRecord,
  boardOf,
  noRecord,
  saveOf,
  tellRecord,
} from "../../../core/dashboard-board.ts";
import type { Failure } from "../../../core/failure.ts";
import type { Notice } from "../../../core/notice.ts";
import type { OpenRequest } from "../../../core/page-state.ts";
import { type ShownFailure, shownFailure } from "../../../core/shown-failure.ts";
import type { Bar } from "../../../core/timeline.ts";
import type { View } from "../../../core/view.ts";
import { LogFeed } from "./log-feed.ts";

/** One program, as the dashboard knows it. */
export interface Recorded {
  /** "" where there is one only. */
  readonly name: string;
  /** Its main package, or its command. */
  readonly main: string;
  readonly root: string;
  readonly engine: () => Engine;
  /** What a user may see of it. */
  readonly seen: (view: View) => View;
  /** Opens one of its sources in the user's editor; null when that was done. */
  readonly edit: (place: OpenRequest) => Promise<Failure | null>;
  /** Its own packages, and who imports whom. */
  readonly graph: () => Promise<PackageGraph | Failure>;
}

export interface RecorderOptions extends Recorded {
  readonly mask: (text: string) => string;
  /** Text of a source file; null when it cannot be read. */
  readonly readSource: (file: string) => string | null;
  readonly separator: string;
  /** Milliseconds since the epoch of a monotonic time. */
  readonly wallOf: (monotonic: number) => number;
  /** Something is new: `log` for output alone. */
  readonly changed: (what: "board" | "log") => void;
}

/** Keeps of one program what the dashboard shows, as it happens and at next to no cost. */
export class Recorder {
  readonly options: RecorderOptions;
  readonly logs: LogFeed;
  #watches: WatchReport | null = null;
  readonly #shown = new WeakMap<Failure, ShownFailure>();
  #record: BoardRecord = noRecord;
  #told: readonly Bar[] = [];
  #toldBoard = "";
  #isNew = true;
  #begun = false;

  constructor(options: RecorderOptions) {
    this.options = options;
    this.logs = new LogFeed(options.mask);
  }

  notice(notice: Notice, _view: View, at: number): void {
    this.#record = tellRecord(this.#record, notice, at);
    // The lines of source are those of now: they may be others when somebody looks.
    if (notice.type === "failed" || notice.type === "crashed") this.#show(notice.failure);
    if ("generation" in notice && notice.generation !== null && ENDS.has(notice.type)) {
      this.logs.end(notice.generation);
    }
  }

  watching(report: WatchReport): void {
    this.#watches = report;
  }

  get watches(): WatchReport | null {
    return this.#watches;
  }

  /** Its engine runs. */
  get begun(): boolean {
    return this.#begun;
  }

  view(): void {
    this.#begun = true;
    this.#isNew = true;
    this.options.changed("board");
  }

  output(
    source: { generation: number; pid: number },
    stream: "stdout" | "stderr",
    data: Uint8Array,
  ): void {
    this.logs.write(source, stream, data);
    this.options.changed("log");
  }

  /** All that is shown of it. */
  board(): ServiceBoard {
    const { name, main, engine, seen, wallOf } = this.options;
    const view = seen(engine().view());
    const { good } = engine().state().fleet;
    const show = (failure: Failure): ShownFailure => this.#show(failure);
    return boardOf({ name, main, record: this.#record, view, good, wallOf, show });
  }

  /** What has changed since this was called last. */
  news(): { readonly saves: readonly Save[]; readonly board: ServiceNews | null } {
    // Output alone changes nothing of this.
    if (!this.#isNew) return { saves: [], board: null };
    this.#isNew = false;
    const { bars } = this.#record.timeline;
    const show = (failure: Failure): ShownFailure => this.#show(failure);
    const { wallOf } = this.options;
    const known = new Set(this.#told);
    const saves = bars
      .filter((bar) => !known.has(bar))
      .map((bar) => saveOf(bar, { wallOf, show }))
      .toReversed();
    this.#told = bars;
    const { saves: all, ...board } = this.board();
    const text = JSON.stringify(board);
    const same = text === this.#toldBoard;
    const isFirst = this.#toldBoard === "";
    this.#toldBoard = text;
    return { saves, board: same ? null : isFirst ? { ...board, saves: all } : board };
  }

  #show(failure: Failure): ShownFailure {
    const known = this.#shown.get(failure);
    if (known !== undefined) return known;
    const shown = shownFailure(failure, this.options);
    this.#shown.set(failure, shown);
    return shown;
  }
}

const ENDS: ReadonlySet<Notice["type"]> = new Set<Notice["type"]>([
  "stopped",
  "crashed",
  "finished",
  "failed",
]);
