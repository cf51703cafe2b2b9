import type { RuleOutcome } from "../../../core/event.ts";
import type { RuleRunner } from "../../../engine/ports.ts";

/**
 * One runner of rules for all services. A rule that several of them want at the same time runs once,
 * and ends when nobody wants it any more.
 */
export class SharedRules {
  private readonly runs = new Map<number, Run>();

  /** How one service sees the runner that its configuration asks for. */
  view(runner: RuleRunner): RuleRunner {
    return { run: (rule, signal) => this.join(runner, rule, signal) };
  }

  private async join(runner: RuleRunner, rule: number, signal: AbortSignal): Promise<RuleOutcome> {
    const known = this.runs.get(rule);
    const run =
      known === undefined || known.abort.signal.aborted ? this.begin(runner, rule) : known;
    run.wanted += 1;
    const leave = (): void => {
      run.wanted -= 1;
      if (run.wanted === 0) run.abort.abort();
    };
    if (signal.aborted) leave();
    else signal.addEventListener("abort", leave, { once: true });
    const outcome = await run.outcome;
    signal.removeEventListener("abort", leave);
    return signal.aborted ? { type: "cancelled" } : outcome;
  }

  private begin(runner: RuleRunner, rule: number): Run {
    const abort = new AbortController();
    const outcome = runner.run(rule, abort.signal);
    const run: Run = { abort, outcome, wanted: 0 };
    this.runs.set(rule, run);
    void outcome.finally(() => {
      if (this.runs.get(rule) === run) this.runs.delete(rule);
    });
    return run;
  }
}

interface Run {
  readonly abort: AbortController;
  readonly outcome: Promise<RuleOutcome>;
  wanted: number;
}
