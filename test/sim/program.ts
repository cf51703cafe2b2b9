/** How a saved state of the sources behaves. */
export type Quality =
  | "good"
  | "red"
  /** It builds once `go mod tidy` has run. */
  | "untidy"
  | "crash-at-start"
  | "hang"
  | "crash-later"
  | "stubborn";

/** What the compiler read. */
export interface Source {
  readonly save: number;
  readonly quality: Quality;
  /** What the generator had written when the compiler read it: a number of the template. */
  readonly generated: number;
}

/** A process of the program. */
export interface Child {
  readonly source: Source;
  alive: boolean;
  signalled: boolean;
  /** It takes part in swaps without a gap. */
  readonly attached: boolean;
}
