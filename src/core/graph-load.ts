import type { Failure } from "./failure.ts";
import type { Graph } from "./graph.ts";
import { indexGraph } from "./graph-index.ts";
import type { State } from "./state.ts";
import { type Step, announce } from "./step.ts";

/** Loads the package graph when it may be another one and nothing more urgent is going on. */
export function advanceGraph(state: State): Step {
  const { graph, work, fleet } = state;
  if (!graph.wanted || graph.loading || state.quitting !== null) return [state, []];
  const first = graph.version === 0;
  // What is missing is fetched with its progress shown, and not behind its back.
  if (work.phase === "modules") return [state, []];
  if (!first && (work.phase !== "idle" || fleet.next !== null)) return [state, []];
  const version = graph.version + 1;
  return [
    { ...state, graph: { ...graph, version, loading: true, wanted: false } },
    [{ type: "load-graph", version }],
  ];
}

/** A graph that is wanted anew since it was asked for serves until the next one is there. */
export function graphLoaded(state: State, version: number, graph: Graph): Step {
  if (version !== state.graph.version) return [state, []];
  const index = indexGraph(graph, state.settings.classify.separator);
  const current = !state.graph.wanted;
  const dirs = dirsOf(graph);
  const files = [
    ...graph.goFiles,
    ...graph.ignoredGoFiles,
    ...graph.nativeFiles,
    ...graph.embedFiles,
    ...graph.moduleFiles,
  ];
  return [
    { ...state, graph: { ...state.graph, index, current, loading: false } },
    [{ type: "watch", dirs, files }],
  ];
}

export function graphFailed(state: State, version: number, failure: Failure): Step {
  if (version !== state.graph.version) return [state, []];
  const next: State = { ...state, graph: { ...state.graph, loading: false } };
  // Why the newest save is not live has been said.
  const said = state.red?.failure.message === failure.message;
  return [next, said ? [] : [announce({ type: "graph-failed", failure })]];
}

/** Every directory that the build reads, so that each is watched wherever it lies. */
export function dirsOf(graph: Graph): readonly string[] {
  const single = [...graph.embedFiles, ...graph.moduleFiles].map(parentDir);
  return [...new Set([...graph.packageDirs, ...graph.moduleDirs, ...single])];
}

/** The directory of a file that need not lie in that of a package: an embedded one, or go.work. */
function parentDir(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")));
}
