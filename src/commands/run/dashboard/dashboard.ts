import { readFileSync } from "node:fs";
import { isAbsolute, join, sep } from "node:path";
import type { DashboardServer } from "../../../adapters/web/dashboard/server.ts";
import type { DashboardDesk, News } from "../../../adapters/web/dashboard/desk.ts";
import type { HealthWatch, Watches } from "../../../adapters/web/dashboard/health.ts";
import type { UiConfig } from "../../../config/pages.ts";
import type {
  DashboardAbout,
  Dashboard as DashboardData,
  DashboardAction,
  Health,
  LogNews,
  SaveNews,
} from "../../../core/dashboard.ts";
import type { Failure } from "../../../core/failure.ts";
import { askFor } from "../asked.ts";
import { type Recorded, Recorder } from "./recorder.ts";

export interface DashboardOptions {
  readonly config: UiConfig;
  readonly about: DashboardAbout;
  /** Directory of gust's own package. */
  readonly packageDir: string;
  /** Takes secrets out of what the program writes. */
  readonly mask: (text: string) => string;
  /** Opens an editor there; null when it could be. */
  readonly edit: (place: Place) => Promise<Failure | null>;
  /** Directories that this process watches; null where the system does not tell. */
  readonly countWatches: () => number | null;
}

export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/**
 * The dashboard of one gust, with all its services. What it shows is recorded from the start; its code
 * is loaded, and its port opened, when somebody wants to see it.
 */
export class Dashboard {
  readonly #options: DashboardOptions;
  readonly #recorders = new Map<string, Recorder>();
  #opening: Promise<DashboardServer | Failure> | null = null;
  #server: DashboardServer | null = null;
  #health: HealthWatch | null = null;
  #listeners = 0;
  /** Services of which something is to be told. */
  readonly #due = new Set<Recorder>();
  #timer: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(options: DashboardOptions) {
    this.#options = options;
  }

  /** A program that runs from now on. */
  join(recorded: Recorded): Recorder {
    const { mask } = this.#options;
    const recorder: Recorder = new Recorder({
      ...recorded,
      mask,
      readSource,
      separator: sep,
      wallOf: wallClock(),
      changed: () => this.#changed(recorder),
    });
    this.#recorders.set(recorded.name, recorder);
    return recorder;
  }

  /** Opens it, unless it is open. Failures: UI_UNAVAILABLE, START_PORT_TAKEN, IO_FAILED. */
  async open(): Promise<DashboardServer | Failure> {
    this.#opening ??= this.#open();
    const opened = await this.#opening;
    // The next one who asks may be luckier.
    if ("code" in opened) this.#opening = null;
    return opened;
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#health?.close();
    const opened = await this.#opening;
    if (opened !== null && !("code" in opened)) await opened.close();
  }

  async #open(): Promise<DashboardServer | Failure> {
    const { config, packageDir } = this.#options;
    if (!config.enabled) {
      return { code: "UI_UNAVAILABLE", message: "the configuration says ui.enabled = false" };
    }
    const [{ openDashboardServer }, health] = await Promise.all([
      import("../../../adapters/web/dashboard/server.ts"),
      import("../../../adapters/web/dashboard/health.ts"),
    ]);
    const opened = await openDashboardServer({
      port: config.port,
      staticDir: join(packageDir, "dist", "browser"),
      desk: this.#desk(health.HealthWatch),
    });
    if (!("code" in opened)) this.#server = opened;
    return opened;
  }

  #desk(Watch: typeof HealthWatch): DashboardDesk {
    const begin = (): HealthWatch =>
      new Watch(
        () => this.#watches(),
        (health) => this.#server?.tell({ event: "health", data: health }),
      );
    return {
      hello: () => {
        this.#health ??= begin();
        return this.#hello(this.#health.newest);
      },
      graph: async (service) => {
        const recorder = this.#recorders.get(service);
        return recorder === undefined ? unknown(service) : recorder.options.graph();
      },
      diff: async (service, from, to) => {
        const recorder = this.#recorders.get(service);
        if (recorder === undefined) return unknown(service);
        const { diffBuilds } = await import("./build-diff.ts");
        return diffBuilds(recorder.options.engine().state().fleet.good, from, to);
      },
      act: (action) => this.#act(action),
      listeners: (count) => {
        this.#listeners = count;
        if (count > 0) this.#health ??= begin();
        else {
          this.#health?.close();
          this.#health = null;
        }
      },
    };
  }

  #hello(health: Health): readonly News[] {
    const recorders = [...this.#recorders.values()];
    // From now on only what changes is told.
    for (const recorder of recorders) this.#tellOf(recorder);
    this.#due.clear();
    const services = recorders.map((recorder) => recorder.board());
    const dashboard: DashboardData = { about: this.#options.about, services, health };
    const logs = recorders.map(({ options, logs }): News => {
      const data: LogNews = { service: options.name, lines: logs.all() };
      return { event: "log", data };
    });
    return [{ event: "dashboard", data: dashboard }, ...logs];
  }

  async #act(action: DashboardAction): Promise<Failure | null> {
    if (action.type === "open") {
      if (isAbsolute(action.file)) return this.#options.edit(action);
      return { code: "REQUEST_INVALID", message: "the path of a file is absolute" };
    }
    const recorder = this.#recorders.get(action.service);
    if (recorder === undefined) return unknown(action.service);
    return askFor(recorder.options.engine(), action, "browser");
  }

  #changed(recorder: Recorder): void {
    if (this.#listeners === 0 || this.#closed) return;
    this.#due.add(recorder);
    // What happens in the same moment is told together.
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#tell();
    }, TOGETHER_MS);
  }

  #tell(): void {
    for (const recorder of this.#due) this.#tellOf(recorder);
    this.#due.clear();
  }

  #tellOf(recorder: Recorder): void {
    const service = recorder.options.name;
    const { saves, board } = recorder.news();
    for (const save of saves) {
      const data: SaveNews = { service, save };
      this.#server?.tell({ event: "save", data });
    }
    if (board !== null) this.#server?.tell({ event: "service", data: board });
    const lines = recorder.logs.fresh();
    if (lines.length === 0) return;
    const data: LogNews = { service, lines };
    this.#server?.tell({ event: "log", data });
  }

  #watches(): Watches {
    const reports = [...this.#recorders.values()].flatMap(({ watches }) => watches ?? []);
    const modes = [...new Set(reports.map(({ mode }) => mode))];
    // Services share one watcher.
    const directories = Math.max(0, ...reports.map((report) => report.directories));
    const watchMode = modes.length > 1 ? "mixed" : (modes[0] ?? "events");
    const counted = watchMode === "polling" ? null : this.#options.countWatches();
    return { watchedDirs: counted ?? directories, watchMode };
  }
}

/** As long as a picture stays on a screen. */
const TOGETHER_MS = 16;

const unknown = (service: string): Failure => ({
  code: "NOT_RUNNING",
  message: `no service ${service === "" ? "without a name" : service} runs here`,
});

/**
 * Wall-clock times of monotonic ones. The difference stays the same, so that a time that has been told
 * does, unless the wall clock was set or the machine has slept.
 */
function wallClock(): (monotonic: number) => number {
  let offset = performance.timeOrigin;
  return (monotonic) => {
    const now = Date.now() - performance.now();
    if (Math.abs(now - offset) > 1000) offset = now;
    return Math.round(offset + monotonic);
  };
}

function readSource(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    // Shown without its code.
    return null;
  }
}
