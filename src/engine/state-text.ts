import { indexGraph } from "../core/graph-index.ts";
import type { Graph } from "../core/graph.ts";
import type { Churn, State } from "../core/state.ts";

/**
 * A state as JSON text. Sets and maps become lists, and of the package graph only the list of `go
 * list` is kept: its index is made again.
 */
export function writeState(state: State): string {
  const graph = state.graph.index?.graph ?? null;
  return JSON.stringify(
    { ...state, graph: { ...state.graph, index: graph } },
    (_, value: unknown) =>
      value instanceof Set || value instanceof Map ? { [listed]: [...value] } : value,
  );
}

/** The state that such a text tells. Its form is that of this very version of gust. */
export function readState(text: string): State {
  const plain = JSON.parse(text, (key, value: unknown) => {
    const list = isListed(value) ? value[listed] : null;
    if (list === null) return value;
    return key === "churn" ? new Map(list.filter(isPair)) : new Set(list);
  }) as Omit<State, "graph"> & { graph: Omit<State["graph"], "index"> & { index: Graph | null } };
  const { index } = plain.graph;
  const { separator } = plain.settings.classify;
  return {
    ...plain,
    graph: { ...plain.graph, index: index === null ? null : indexGraph(index, separator) },
  };
}

const listed = "$list";

function isListed(value: unknown): value is { readonly [listed]: readonly unknown[] } {
  return typeof value === "object" && value !== null && listed in value;
}

const isPair = (value: unknown): value is [string, Churn] => Array.isArray(value);
