import { servingInstance } from "./instance.ts";
import type { Instance, State } from "./state.ts";
import { fixChoice } from "./modules.ts";
import { obstacle } from "./swap-way.ts";
import { pausedInstance } from "./pausing.ts";
import type { Activity, HeldView, SwapView, TestsView, View, WaitingView } from "./view.ts";

/** What a user may see of the state. */
export function viewOf(state: State): View {
  const instance = servingInstance(state.fleet);
  const { status } = instance ?? {};
  const serving =
    instance === null || status?.type !== "ready"
      ? null
      : {
          generation: instance.target.version.generation,
          build: instance.target.version.artifact.build,
          pid: instance.pid,
          addresses: instance.addresses,
          since: status.since,
        };
  const answers = serving?.generation ?? state.fleet.finished;
  return {
    newest: state.generation,
    serving,
    stale: state.generation > 0 && answers !== state.generation,
    failure: state.red?.failure ?? null,
    failed: state.red?.generation ?? null,
    fix: fixOf(state),
    activity: activityOf(state),
    waiting: waitingOf(state),
    held: heldOf(state),
    paused: state.paused,
    good: state.fleet.good.map((one) => one.generation),
    ...testsOf(state),
    swap: instance === null ? null : swapOf(state, instance),
  };
}

function testsOf({ settings, tests }: State): { readonly tests?: TestsView } {
  if (settings.tests === undefined) return {};
  const { phase } = tests;
  const running = phase.type === "running" ? phase : null;
  const results = tests.last?.report.results ?? [];
  const failed = results.filter(({ outcome, name }) => outcome === "failed" && !name.includes("/"));
  const view: TestsView = {
    mode: settings.tests.mode,
    activity: phase.type === "waiting" ? "idle" : phase.type,
    since: running?.since ?? null,
    count: running?.summary?.tests ?? null,
    failed: failed.slice(0, failedListed).map(({ name }) => name),
  };
  return { tests: view };
}

const failedListed = 20;
function waitingOf({ fleet: { waiting } }: State): WaitingView | null {
  if (waiting === null) return null;
  return { generation: waiting.target.version.generation, since: waiting.since };
}

function heldOf(state: State): HeldView | null {
  const { next } = state.fleet;
  const stopped = pausedInstance(state);
  if (next === null || stopped === null) return null;
  return { generation: next.version.generation, place: stopped.paused?.place ?? null };
}

function fixOf(state: State): readonly string[] | null {
  const choice = fixChoice(state);
  return "code" in choice ? null : choice;
}

function swapOf(state: State, serving: Instance): SwapView {
  const { mode } = state.settings.swap;
  if (mode === "stop-start") return { way: "stop-start", why: "run.swap says so" };
  if (state.settings.swap.activated === true) return activatedSwap(state);
  if (!serving.attached) return { way: "stop-start", why: "gust's files are not in the program" };
  const why = state.fleet.alone ?? obstacle(state, serving);
  if (why !== null) return { way: "handoff", why };
  return mode === "handoff"
    ? { way: "handoff", why: "run.swap says so" }
    : { way: "overlap", why: null };
}

/** The sockets stay open in any case, so that clients wait where two cannot live at once. */
function activatedSwap({ settings, fleet }: State): SwapView {
  if (fleet.alone !== null) return { way: "handoff", why: fleet.alone };
  return settings.swap.mode === "handoff"
    ? { way: "handoff", why: "run.swap says so" }
    : { way: "overlap", why: null };
}

function activityOf(state: State): Activity {
  const { work, intake, fleet, settings } = state;
  if (work.phase === "rule") {
    const rule = settings.rules[work.rule]?.name ?? String(work.rule);
    return { type: "rule", rule, since: work.since };
  }
  if (work.phase === "modules") {
    const command = work.job.type === "command" ? work.job.args : null;
    return { type: "modules", command, progress: work.progress, since: work.since };
  }
  if (work.phase === "build") {
    return { type: "building", generation: work.generation, since: work.since };
  }
  const { phase } = state.tests;
  if (phase.type === "running" && phase.gate) {
    return { type: "testing", generation: phase.generation, since: phase.since };
  }
  // What is on its way matters more than what has been replaced.
  const starting = fleet.instances.find(
    ({ status }) => status.type === "starting" || status.type === "taking",
  );
  if (starting !== undefined) {
    const { generation } = starting.target.version;
    return { type: "starting", generation, since: starting.startedAt };
  }
  for (const { status, target } of fleet.instances) {
    const leaves = status.type === "draining" && status.handoff;
    if (leaves || status.type === "stopping") {
      const { generation } = target.version;
      return { type: "stopping", generation, since: status.since };
    }
  }
  const { pending } = intake;
  return pending === null ? { type: "idle" } : { type: "collecting", since: pending.since };
}
