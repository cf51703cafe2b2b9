import type { Entry, Section } from "./entry.ts";

const name: Entry = {
  path: "name",
  kind: "string",
  fallback: "",
  fallbackText: "none; required",
  air: false,
  doc: "By what it is known: in front of its output, in `depends_on`, for `gust run NAME` and `--program NAME`. Letters, digits, `-`, `_` and `.`, beginning with a letter or digit.",
  example: '"api"',
};

const shared: readonly Entry[] = [
  {
    path: "dir",
    kind: "string",
    fallback: "",
    fallbackText: "where gust was started",
    air: false,
    doc: "Directory, relative to `root`, in which it is built and runs. Needed where a repository has several modules and no go.work.",
    example: '"services/api"',
  },
  {
    path: "env",
    kind: "variables",
    fallback: [],
    fallbackText: "none",
    air: false,
    doc: "Variables of its environment. They win over env files, and are not there when it is built.",
    example: '{ LOG_LEVEL = "debug" }',
  },
  {
    path: "env_files",
    kind: "strings",
    fallback: [],
    air: false,
    doc: "Env files for this one, after those of the top of the file.",
    example: '["services/api/.env"]',
  },
  {
    path: "port",
    kind: "integer",
    fallback: 0,
    fallbackText: "none",
    max: 65_535,
    air: false,
    doc: "The port that it listens on: it finds it in `PORT`, and is ready when it does.",
    example: "8081",
  },
  {
    path: "health",
    kind: "string",
    fallback: "",
    fallbackText: "`health.path`",
    air: false,
    doc: "HTTP path that answers with a good status when it is ready, in place of `health.path`.",
    example: '"/healthz"',
  },
  {
    path: "ready_log",
    kind: "regexp",
    fallback: "",
    fallbackText: "`ready.log`",
    air: false,
    doc: "It is ready when a line of its output matches, in place of `ready.log`.",
    example: '"listening on"',
  },
  {
    path: "depends_on",
    kind: "strings",
    fallback: [],
    air: false,
    doc: "Names of services and processes that have to be ready before this one starts. A change of both is live there first.",
    example: '["db", "auth"]',
  },
];

export const serviceSection: Section = {
  name: "service",
  list: true,
  required: ["name"],
  doc: `One of several programs that one gust builds, runs and swaps, each by itself. All other tables hold for every
service. See [Several services](services.md).`,
  entries: [
    name,
    {
      path: "package",
      kind: "string",
      fallback: "",
      fallbackText: "the only main package in `dir`",
      air: false,
      doc: "The main package, as `go build` takes it.",
      example: '"./cmd/api"',
    },
    {
      path: "args",
      kind: "strings",
      fallback: [],
      air: false,
      doc: "Arguments of the program.",
      example: '["-v"]',
    },
    ...shared,
  ],
};

export const processSection: Section = {
  name: "process",
  list: true,
  required: ["name", "cmd"],
  doc: `A command that runs beside the services and is not built by gust: vite, \`tailwind --watch\`, \`docker compose up\`.
It ends with gust, with all its children.`,
  entries: [
    { ...name, doc: name.doc, example: '"web"' },
    {
      path: "cmd",
      kind: "string",
      fallback: null,
      fallbackText: "none; required",
      air: false,
      doc: "Shell line.",
      example: '"npx vite --port 5173"',
    },
    ...shared,
    {
      path: "restart",
      kind: "string",
      fallback: "on-crash",
      air: false,
      allowed: ["never", "on-crash", "always"],
      doc: "Whether it is started again when it ends: `never`; `on-crash`, when its exit code is not 0; `always`. Crashes in a row are waited for ever longer.",
      example: '"always"',
    },
    {
      path: "restart_delay",
      kind: "duration",
      fallback: "1s",
      air: false,
      doc: "The time between its end and the next start.",
      example: '"5s"',
    },
  ],
};
