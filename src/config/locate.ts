import type { AST } from "toml-eslint-parser";

/** Lines and columns count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/**
 * Where each key of a TOML file stands, by its path joined with dots (`build.cmd`,
 * `rule.0.inputs`). The parser is loaded only now: most starts need no positions. A file that
 * does not parse has none.
 */
export async function locateKeys(text: string): Promise<ReadonlyMap<string, Position>> {
  const { parseTOML } = await import("toml-eslint-parser");
  const positions = new Map<string, Position>();
  try {
    const [top] = parseTOML(text, { tomlVersion: "1.1" }).body;
    for (const node of top.body) {
      if (node.type === "TOMLKeyValue") pair(node, [], positions);
      else {
        mark(node.resolvedKey, node.key, positions);
        for (const child of node.body) pair(child, node.resolvedKey, positions);
      }
    }
  } catch {
    // The caller has a syntax error with its own position, from the parser of the values.
    return new Map();
  }
  return positions;
}

type Path = readonly (string | number)[];
type Positions = Map<string, Position>;

function pair(node: AST.TOMLKeyValue, above: Path, positions: Positions): void {
  const path = [...above];
  for (const key of node.key.keys) {
    path.push(key.type === "TOMLBare" ? key.name : key.value);
    mark(path, node.key, positions);
  }
  content(node.value, path, positions);
}

function content(node: AST.TOMLContentNode, path: Path, positions: Positions): void {
  if (node.type === "TOMLInlineTable") for (const child of node.body) pair(child, path, positions);
  if (node.type !== "TOMLArray") return;
  for (const [index, element] of node.elements.entries()) {
    if (element.type === "TOMLInlineTable") mark([...path, index], element, positions);
    content(element, [...path, index], positions);
  }
}

function mark(path: Path, node: AST.TOMLNode, positions: Positions): void {
  const { line, column } = node.loc.start;
  const key = path.join(".");
  if (!positions.has(key)) positions.set(key, { line, column: column + 1 });
}
