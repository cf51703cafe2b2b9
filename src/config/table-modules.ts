import type { Section } from "./entry.ts";

export const modulesSection: Section = {
  name: "modules",
  list: false,
  doc: `What gust does with go.mod, go.sum and go.work ([modules](modules.md)). Without this section it fetches
what is missing, and changes none of these files unless it is told to by a key.`,
  entries: [
    {
      path: "modules.download",
      kind: "boolean",
      fallback: true,
      air: false,
      doc: "Before a build, fetch the modules that go.mod names and the module cache lacks, and show how far that is. `false`: the build fetches what it needs by itself. Without effect where a `cmd` builds that is more than a `go build`.",
      example: "false",
    },
    {
      path: "modules.tidy",
      kind: "string",
      fallback: "ask",
      allowed: ["ask", "auto", "never"],
      air: false,
      doc: "What to do where go.mod or go.sum does not fit the imports. `ask`: the failure names the command that puts it right, and `g` (or `gust fix`) runs it. `auto`: `go mod tidy` runs by itself, once for each change. `never`: the failure names the command, and gust runs none.",
      example: '"auto"',
    },
    {
      path: "modules.timeout",
      kind: "duration",
      fallback: "10m",
      air: false,
      doc: "A download, or a command such as `go mod tidy`, that takes longer is stopped and has failed.",
      example: '"2m"',
    },
  ],
};
