/**
 * What the build of the main package reads, as `go list` tells it. All paths are absolute and
 * use the separators of the system. Only local packages count: those of the main module, of
 * `replace`d local modules and of the modules of a go.work file.
 */
export interface Graph {
  /** False where packages are broken or missing, so that the program may link more than this. */
  readonly complete: boolean;
  /** Import path of the main package. */
  readonly main: string;
  /** Its directory; "" when it is not known. */
  readonly mainDir: string;
  /** Packages that the program links, as far as gust needs to know. */
  readonly links: {
    readonly net: boolean;
    readonly http: boolean;
    readonly grpc: boolean;
    readonly fasthttp: boolean;
    /** Package log, and log/slog, which links it. */
    readonly log?: boolean;
    readonly slog?: boolean;
  };
  /** Directory of every local package in the build. */
  readonly packageDirs: readonly string[];
  /** Go files that the build compiles. */
  readonly goFiles: readonly string[];
  /** Go files in those directories that build constraints leave out. */
  readonly ignoredGoFiles: readonly string[];
  /** C, C++, assembly, header, SWIG and .syso files that belong to those packages. */
  readonly nativeFiles: readonly string[];
  /** Files that `//go:embed` patterns match now. */
  readonly embedFiles: readonly string[];
  /** The patterns themselves, so that a new file can be recognised. */
  readonly embedPatterns: readonly EmbedPattern[];
  /** go.mod, go.sum, go.work, go.work.sum and vendor/modules.txt that the build reads. */
  readonly moduleFiles: readonly string[];
  /** Root directories of the local modules. */
  readonly moduleDirs: readonly string[];
}

export interface EmbedPattern {
  /** Directory of the package that has the directive. */
  readonly dir: string;
  /** The pattern as written, without quotes and without an `all:` prefix. */
  readonly pattern: string;
}

/** Of a program that gust does not build. */
export const noSources: Graph = {
  complete: true,
  main: "",
  mainDir: "",
  links: { net: false, http: false, grpc: false, fasthttp: false },
  packageDirs: [],
  goFiles: [],
  ignoredGoFiles: [],
  nativeFiles: [],
  embedFiles: [],
  embedPatterns: [],
  moduleFiles: [],
  moduleDirs: [],
};
