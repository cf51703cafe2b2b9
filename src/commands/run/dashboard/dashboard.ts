import { join, sep } from "node:path";
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
import type { OpenRequest } from "../../../core/page-state.ts";
import { askFor } from "../asked.ts";
import { type Recorded, Recorder } from "./recorder.ts";
import { readSource } from "../sources.ts";

export interface DashboardOptions {
  readonly config: UiConfig;
  readonly about: DashboardAbout;
  /** Directory of gust's own package. */
  readonly packageDir: string;
  /** Takes secrets out of what the program writes. */
  readonly mask: (text: string) => string;
  /** Directories that this process watches; null where the system does not tell. */
  readonly countWatches: () => number | null;
}

/**
 * The dashboard of one gust, with all its services. What it shows is recorded from the start; its code
 * is loaded, and its port opened, when somebody wants to see it.
 */
export class Dashboard {
  readonly #options: DashboardOptions;
  readonly #recorders = new Map<string, Recorder>();
  #names: readonly string[] = [];
  #opening: Promise<DashboardServer | Failure> | null = null;
  #server: DashboardServer | null = null;
  #health: HealthWatch | null = null;
  #listeners = 0;
  /** Services of which something is to be told. */
  readonly #due = new Set<Recorder>();
  #timer: { readonly handle: NodeJS.Timeout; readonly ms: number } | null = null;
  #closed = false;

  constructor(options: DashboardOptions) {
    this.#options = options;
  }

  /** The services that there will be, in the order in which they are shown. */
  expect(names: readonly string[]): void {
    this.#names = names;
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
      changed: (what) => this.#changed(recorder, what === "log" ? LOGS_MS : TOGETHER_MS),
    });
    this.#recorders.set(recorded.name, recorder);
    return recorder;
  }

  /** False: nobody will ever see it. */
  get enabled(): boolean {
    return this.#options.config.enabled;
  }

  /** What a user may see of a service is another than its engine has told. */
  look(service: string): void {
    this.#find(service)?.view();
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
    if (this.#timer !== null) clearTimeout(this.#timer.handle);
    this.#health?.close();
    const opened = await this.#opening;
    if (opened !== null && !("code" in opened)) await opened.close();
  }

  async #open(): Promise<DashboardServer | Failure> {
    const { config, packageDir, about } = this.#options;
    if (!config.enabled) return isOff(about);
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

  /** Programs whose engine runs: of several, one may still be looked for. */
  #begun(): readonly Recorder[] {
    const placeOf = ({ options }: Recorder): number => this.#names.indexOf(options.name);
    return [...this.#recorders.values()]
      .filter(({ begun }) => begun)
      .toSorted((one, other) => placeOf(one) - placeOf(other));
  }

  #find(service: string): Recorder | undefined {
    return this.#begun().find(({ options }) => options.name === service);
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
        const recorder = this.#find(service);
        return recorder === undefined ? unknown(service) : recorder.options.graph();
      },
      diff: async (service, from, to) => {
        const recorder = this.#find(service);
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
    const recorders = this.#begun();
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
    if (action.type === "open") return this.#edit(action);
    const recorder = this.#find(action.service);
    if (recorder === undefined) return unknown(action.service);
    const asked = action.type === "tests" ? this.#testing(recorder) : recorder;
    return askFor(asked.options.engine(), action, "browser");
  }

  /** The tests of a module run for one of its services. */
  #testing(recorder: Recorder): Recorder {
    return runsTests(recorder) ? recorder : (this.#begun().find(runsTests) ?? recorder);
  }

  /** Where one service has no such source, another may have it. */
  async #edit(place: OpenRequest): Promise<Failure | null> {
    let refused: Failure | null = unknown("");
    for (const { options } of this.#begun()) {
      refused = await options.edit(place);
      if (refused?.code !== "REQUEST_INVALID") return refused;
    }
    return refused;
  }

  #changed(recorder: Recorder, ms: number): void {
    if (this.#listeners === 0 || this.#closed) return;
    this.#due.add(recorder);
    if (this.#timer !== null && ms >= this.#timer.ms) return;
    // What happens in the same moment is told together.
    if (this.#timer !== null) clearTimeout(this.#timer.handle);
    const handle = setTimeout(() => this.#tell(), ms);
    this.#timer = { handle, ms };
  }

  #tell(): void {
    this.#timer = null;
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
    const { lines, missing } = recorder.logs.fresh();
    if (lines.length === 0 && missing === 0) return;
    const data: LogNews = { service, lines, ...(missing === 0 ? {} : { missing }) };
    this.#server?.tell({ event: "log", data });
  }

  #watches(): Watches {
    const reports = this.#begun().flatMap(({ watches }) => watches ?? []);
    const modes = [...new Set(reports.map(({ mode }) => mode))];
    // Services share one watcher.
    const directories = Math.max(0, ...reports.map((report) => report.directories));
    const watchMode = modes.length > 1 ? "mixed" : (modes[0] ?? "events");
    const counted = watchMode === "polling" ? null : this.#options.countWatches();
    return { watchedDirs: counted ?? directories, watchMode };
  }
}

const runsTests = ({ options }: Recorder): boolean =>
  options.engine().state().settings.tests !== undefined;

/** As long as a picture stays on a screen. */
const TOGETHER_MS = 16;
/** Nobody reads faster than that. */
const LOGS_MS = 100;

const isOff = ({ environment }: DashboardAbout): Failure => ({
  code: "UI_UNAVAILABLE",
  message:
    environment === "dev"
      ? "the configuration says ui.enabled = false"
      : `there is no dashboard in ${environment}`,
});

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
