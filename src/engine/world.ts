import type { Verdict } from "../core/effect.ts";
import type { Failure } from "../core/failure.ts";
import type { Mask } from "../core/masked.ts";
import type { Settings } from "../core/settings.ts";
import type { DebuggedTest } from "../core/test-stage.ts";
import type {
  Builder,
  Clients,
  Clock,
  FileIndex,
  GraphLoader,
  Modules,
  Presenter,
  RuleRunner,
  Runner,
  Tester,
  Watcher,
} from "./ports.ts";

/** Everything outside of the core, as the engine sees it. The command that runs gust puts it together. */
export interface World {
  readonly clock: Clock;
  readonly watcher: Watcher;
  readonly files: FileIndex;
  readonly graph: GraphLoader;
  readonly builder: Builder;
  readonly modules: Modules;
  readonly rules: RuleRunner;
  readonly runner: Runner;
  readonly tester: Tester;
  readonly clients: Clients;
  readonly presenter: Presenter;
  /** Takes secrets out of a text that comes from outside, before it is kept or shown. */
  readonly mask?: Mask;
  /**
   * Reads the configuration again; the adapters built from it take over by themselves. Null: it means
   * what it meant.
   */
  reloadConfig(): Promise<Settings | Failure | null>;
  /** Opens a test in a debugger; resolves when that has ended, or with why it could not be. */
  debugTest(test: DebuggedTest): Promise<Failure | null>;
  answerWait(request: number, verdict: Verdict): void;
}
