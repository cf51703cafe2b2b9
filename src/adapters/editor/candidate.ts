import type { Servers } from "./known-editors.ts";

/** An editor that may be the user's, and where it may be found. */
export interface Candidate {
  /** It says how places are told. */
  readonly name: string;
  /** Names in the PATH and absolute paths: the first that is there is started. */
  readonly programs: readonly string[];
  readonly options: readonly string[];
  readonly origin: EditorOrigin;
  /** The one that runs. */
  readonly servers?: Partial<Servers>;
}

/** How gust has come to an editor. */
export type EditorOrigin =
  | { readonly type: "config" }
  | { readonly type: "variable"; readonly name: EditorVariable }
  /** gust runs in its terminal, as a variable tells. */
  | { readonly type: "around"; readonly variable: string }
  | { readonly type: "running"; readonly pid: number };

export type EditorVariable = "GUST_EDITOR" | "VISUAL" | "EDITOR";

export type Env = Readonly<Record<string, string | undefined>>;

/** The origin in words: `$GUST_EDITOR`. */
export function originText(origin: EditorOrigin): string {
  switch (origin.type) {
    case "config":
      return "`command` of [editor]";
    case "variable":
      return `$${origin.name}`;
    case "around":
      return `gust runs in its terminal, as $${origin.variable} tells`;
    case "running":
      return `it runs, as process ${origin.pid}`;
  }
}
