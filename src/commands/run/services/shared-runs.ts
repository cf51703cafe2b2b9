import type { RuleOutcome } from "../../../core/event.ts";
import type { Modules, RuleRunner } from "../../../engine/ports.ts";

/** How a run tells how far it is, and is ended. */
export interface RunMeans<Progress> {
  readonly tell: (progress: Progress) => void;
  readonly signal: AbortSignal;
}

type Begin<Progress, Outcome> = (means: RunMeans<Progress>) => Promise<Outcome>;

/** What several services want at the same time runs once, and ends when nobody wants it any more. */
export class SharedRuns<Progress, Outcome> {
  private readonly runs = new Map<string, Run<Progress, Outcome>>();
  private readonly cancelled: Outcome;

  /** `cancelled` is what becomes of it for one that does not want it any more. */
  constructor(cancelled: Outcome) {
    this.cancelled = cancelled;
  }

  /** Joins the run with this key, or begins it. */
  async join(
    key: string,
    begin: Begin<Progress, Outcome>,
    { tell, signal }: RunMeans<Progress>,
  ): Promise<Outcome> {
    const known = this.runs.get(key);
    const run = known === undefined || known.abort.signal.aborted ? this.begin(key, begin) : known;
    const wanted = { tell };
    run.wanted.add(wanted);
    if (run.progress !== undefined) tell(run.progress);
    const leave = (): void => {
      run.wanted.delete(wanted);
      if (run.wanted.size === 0) run.abort.abort();
    };
    if (signal.aborted) leave();
    else signal.addEventListener("abort", leave, { once: true });
    const outcome = await run.outcome;
    signal.removeEventListener("abort", leave);
    return signal.aborted ? this.cancelled : outcome;
  }

  private begin(key: string, begin: Begin<Progress, Outcome>): Run<Progress, Outcome> {
    const abort = new AbortController();
    const wanted = new Set<{ tell(progress: Progress): void }>();
    const tell = (progress: Progress): void => {
      run.progress = progress;
      for (const one of wanted) one.tell(progress);
    };
    // It begins when everybody of this turn has joined, so that nobody misses what it tells.
    const outcome = Promise.resolve().then(() => begin({ tell, signal: abort.signal }));
    const run: Run<Progress, Outcome> = { abort, outcome, wanted, progress: undefined };
    this.runs.set(key, run);
    void outcome.finally(() => {
      if (this.runs.get(key) === run) this.runs.delete(key);
    });
    return run;
  }
}

interface Run<Progress, Outcome> {
  readonly abort: AbortController;
  readonly outcome: Promise<Outcome>;
  readonly wanted: Set<{ tell(progress: Progress): void }>;
  progress: Progress | undefined;
}

/** One runner of rules for all services. */
export class SharedRules {
  private readonly runs = new SharedRuns<never, RuleOutcome>({ type: "cancelled" });

  /** How one service sees the runner that its configuration asks for. */
  view(runner: RuleRunner): RuleRunner {
    return {
      run: (rule, signal) =>
        this.runs.join(String(rule), (means) => runner.run(rule, means.signal), {
          tell: () => undefined,
          signal,
        }),
    };
  }
}

type Told = Parameters<Parameters<Modules["run"]>[1]>[0];

/** One go command at a time for the modules of all services of a directory. */
export class SharedModules {
  private readonly runs = new SharedRuns<Told, Awaited<ReturnType<Modules["run"]>>>({
    type: "cancelled",
  });

  view(dir: string, modules: Modules): Modules {
    return {
      run: (job, tell, signal) =>
        this.runs.join(
          JSON.stringify([dir, job]),
          (means) => modules.run(job, means.tell, means.signal),
          { tell, signal },
        ),
    };
  }
}
