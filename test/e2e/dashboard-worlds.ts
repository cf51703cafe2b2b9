import type { Dashboard, Health, Save, ServiceBoard } from "../../src/core/dashboard.ts";
import type { ToldState } from "../../src/core/told-state.ts";
import { failedReport } from "./dashboard-answers.ts";
import {
  compileFailure,
  editCause,
  modulePath,
  moment,
  phasesOf,
  root,
  savesOf,
} from "./dashboard-saves.ts";

/*
 * A made-up gust, the same each time: what the dashboard is tried with, and what its pictures show.
 */

/** A gust with one program, whose newest save does not compile. */
export function oneService(): Dashboard {
  return dashboardOf([failingBoard("")]);
}

/** A gust with twenty of them. */
export function twentyServices(): Dashboard {
  const boards = serviceNames.map((name, index) =>
    index === 3 ? failingBoard(name) : index === 7 ? waitingBoard(name) : goodBoard(name, index),
  );
  return dashboardOf(boards);
}

export const serviceNames: readonly string[] = [
  ..."accounts api audit billing catalog checkout console delivery export gateway".split(" "),
  ..."identity import ledger mailer notify orders pricing reports search stock".split(" "),
];

function dashboardOf(services: readonly ServiceBoard[]): Dashboard {
  const about = {
    gust: "0.1.0",
    pid: 4711,
    root,
    environment: "dev",
    startedAt: moment - 5_400_000,
  };
  return { about, services, health: healthAt(0) };
}

/** A reading, `index` of them after the first. */
export function healthAt(index: number): Health {
  const wave = Math.sin(index / 5);
  return {
    at: moment + index * 2000,
    residentBytes: 71_000_000 + Math.round(4_000_000 * wave) + index * 20_000,
    heapBytes: 24_300_000,
    watchedDirs: 38,
    watchMode: "inotify",
    loopLagMs: { mean: 1.2, max: 9 + 6 * wave },
    cpu: 0.012 + 0.01 * Math.max(0, wave),
  };
}

/** A service whose newest version is live. */
export function goodBoard(name: string, seed = 1): ServiceBoard {
  const saves = savesOf(40, seed);
  const newest = saves[0]?.generation ?? 0;
  return {
    name,
    main: name === "" ? modulePath : `${modulePath}/cmd/${name}`,
    state: stateOf({ newest, serving: newest, port: 8080 + seed }),
    liveSince: moment - 191_000,
    activeSince: null,
    failure: null,
    saves,
    builds: keptOf(saves, newest),
    tests: null,
    drain: null,
  };
}

/** A service whose newest save does not compile; an earlier version serves. */
export function failingBoard(name: string): ServiceBoard {
  const earlier = savesOf(59, 1);
  const serving = earlier[0]?.generation ?? 0;
  const newest = serving + 1;
  const failed: Save = {
    generation: newest,
    at: moment - 14_000,
    cause: editCause(),
    outcome: "failed",
    phases: phasesOf([
      ["watch", 4],
      ["classify", 3],
      ["plan", 6],
      ["compile", 88],
    ]),
    totalMs: 101,
    downtimeMs: null,
    failure: compileFailure(),
    route: "direct: 2 packages compiled",
  };
  return {
    ...goodBoard(name),
    state: { ...stateOf({ newest, serving, port: 8080 }), live: false, failed: newest },
    liveSince: moment - 191_000,
    failure: compileFailure(),
    saves: [failed, ...earlier],
    builds: keptOf(earlier, serving),
    ...aftermath(serving),
  };
}

/** What is left of the last swap and of the tests after it. */
function aftermath(serving: number): Pick<ServiceBoard, "tests" | "drain"> {
  return {
    tests: { running: null, report: failedReport(), generation: serving },
    drain: {
      generation: serving - 1,
      at: moment - 190_000,
      ms: 412,
      forced: false,
      report: { moved: 12, closed: 2, cut: 1, goroutines: [], descriptors: null },
      goroutines: [
        {
          count: 3,
          function: `${modulePath}/feed.(*Hub).run`,
          file: `${root}/feed/hub.go`,
          line: 41,
        },
        { count: 1, function: "main.nightly", file: `${root}/main.go`, line: 88 },
      ],
    },
  };
}

/** A service whose newest version is live, with all that is known of it. */
export function liveBoard(name: string): ServiceBoard {
  const saves = savesOf(59, 1);
  const serving = saves[0]?.generation ?? 0;
  const state = stateOf({ newest: serving, serving, port: 8080 });
  const rest = { saves, builds: keptOf(saves, serving), ...aftermath(serving) };
  return { ...goodBoard(name), state, ...rest };
}

/** A service whose newest version is built, and waits until it is asked for. */
export function waitingBoard(name: string): ServiceBoard {
  const board = goodBoard(name, 7);
  const [first, ...others] = board.saves;
  if (first === undefined) return board;
  const waiting = first.generation;
  const serving = waiting - 1;
  return {
    ...board,
    state: { ...stateOf({ newest: waiting, serving, port: 8087 }), live: false, waiting },
    saves: [{ ...first, outcome: "waiting", downtimeMs: null }, ...others],
    builds: keptOf(others, serving),
  };
}

function stateOf(at: { newest: number; serving: number; port: number }): ToldState {
  const address = { network: "tcp", address: `127.0.0.1:${at.port}` } as const;
  return {
    newest: at.newest,
    live: at.newest === at.serving,
    serving: {
      generation: at.serving,
      build: at.serving,
      pid: 5200 + at.serving,
      addresses: [address],
    },
    failed: null,
    failure: null,
    waiting: null,
    held: null,
    fix: null,
    activity: "idle",
    fetching: null,
    paused: false,
    good: [at.serving],
    swap: { way: "overlap", why: null },
  };
}

function keptOf(saves: readonly Save[], serving: number): ServiceBoard["builds"] {
  return saves
    .filter(({ outcome }) => outcome === "live")
    .slice(0, 8)
    .map(({ generation, at }, index) => ({
      generation,
      build: generation,
      builtAt: at,
      bytes: 9_412_608 - index * 3_712 + (index % 3) * 1_024,
      serving: generation === serving,
    }));
}
