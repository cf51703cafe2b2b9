import type { Section } from "./entry.ts";

export const debugSection: Section = {
  name: "debug",
  list: false,
  doc: "The program in a debugger: [debugging](debugging.md). Only in dev.",
  entries: [
    {
      path: "debug.enabled",
      kind: "boolean",
      fallback: false,
      air: false,
      doc: "Runs the program in delve, built without optimisations (`-gcflags=all=-N -l`). `--debug` on the command line says the same.",
      example: "true",
    },
    {
      path: "debug.port",
      kind: "integer",
      fallback: 2345,
      min: 1,
      max: 65_535,
      air: false,
      doc: "Port of 127.0.0.1 where debuggers attach. It stays the same over all swaps.",
      example: "40000",
    },
    {
      path: "debug.dlv",
      kind: "string",
      fallback: "dlv",
      air: false,
      doc: "delve: a name that is looked for in the PATH and where `go install` puts it, or a path, relative to where gust was started.",
      example: '"./tools/dlv"',
    },
  ],
};
