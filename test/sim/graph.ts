import type { Graph } from "../../src/core/graph.ts";

/** A program of one package. */
export function graphOf(main: string, generated: string): Graph {
  return {
    complete: true,
    main: "app",
    mainDir: "",
    links: { net: true, http: true, grpc: false, fasthttp: false },
    packageDirs: ["/app"],
    goFiles: [main, generated],
    ignoredGoFiles: [],
    nativeFiles: [],
    embedFiles: [],
    embedPatterns: [],
    moduleFiles: ["/app/go.mod"],
    moduleDirs: ["/app"],
  };
}
