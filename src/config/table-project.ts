import type { Entry, Section } from "./entry.ts";

export const projectSection: Section = {
  name: "",
  list: false,
  doc: "Keys at the top of the file, before the first section.",
  entries: [
    {
      path: "root",
      kind: "string",
      fallback: ".",
      air: true,
      doc: "What is watched, and the base of the relative paths below. Commands and the program run where gust was started, not here. (`--root DIR` on the command line is something else: as if gust were started in `DIR`.)",
      example: '"."',
    },
    {
      path: "tmp_dir",
      kind: "string",
      fallback: "tmp",
      air: true,
      doc: "Directory, relative to `root`, for the error log and what `build.cmd` writes. It is never watched. gust's own builds are not kept here.",
      example: '"tmp"',
    },
    {
      path: "testdata_dir",
      kind: "string",
      fallback: "testdata",
      air: true,
      doc: "Directory, relative to `root`, that is not watched.",
      example: '"testdata"',
    },
    {
      path: "env_files",
      kind: "strings",
      fallback: [],
      fallbackText:
        "`.env` and its like, where they exist ([environments](environments.md#env-files)); none with a file of air, and in `gust serve` and `gust build`",
      air: true,
      doc: "Files of `NAME=value` lines, relative to `root`, for commands and program. The later file wins, and the environment of gust wins over all. A change restarts the program. `[]`: none at all.",
      example: '[".env", ".env.local"]',
    },
    {
      path: "package",
      kind: "string",
      fallback: "",
      fallbackText: "the only main package",
      air: false,
      doc: "The main package, as `go build` takes it. Needed only when the module has several.",
      example: '"./cmd/server"',
    },
    {
      path: "args",
      kind: "strings",
      fallback: [],
      air: false,
      doc: "Arguments for the program, after `build.args_bin` and before those of the command line.",
      example: '["serve"]',
    },
    {
      path: "verbose",
      kind: "boolean",
      fallback: false,
      air: false,
      doc: "Also says what was ignored and why. (`-d` on the command line.)",
      example: "true",
    },
  ],
};

export const logSection: Section = {
  name: "log",
  list: false,
  doc: "What gust says, and what becomes of the output of the program ([logs.md](logs.md)).",
  entries: [
    {
      path: "log.time",
      kind: "boolean",
      fallback: false,
      air: true,
      doc: "Puts the time of day before each line of gust.",
      example: "true",
    },
    {
      path: "log.main_only",
      kind: "boolean",
      fallback: false,
      air: true,
      doc: "Only the lines that say what is live or has failed.",
      example: "true",
    },
    {
      path: "log.silent",
      kind: "boolean",
      fallback: false,
      air: true,
      doc: "No lines of gust at all, except for failures.",
      example: "true",
    },
    {
      path: "log.context",
      kind: "boolean",
      fallback: false,
      air: false,
      doc: "Lines of `log` and `log/slog`, and JSON log lines, get the fields `orig_pid` (the first process of this run of gust) and `reload_cnt` (how many processes were started before this one). [logs.md](logs.md) tells what is covered.",
      example: "true",
    },
    {
      path: "log.keep",
      kind: "integer",
      fallback: 10,
      min: 0,
      max: 1000,
      air: false,
      doc: "Of how many versions of the program `gust logs` has the output. `0`: it is not kept.",
      example: "50",
    },
    {
      path: "log.max_size",
      kind: "size",
      fallback: 4 * 1024 ** 2,
      fallbackText: '`"4MB"`',
      min: 64 * 1024,
      max: 4 * 1024 ** 3,
      air: false,
      doc: "How much is kept of one version. When it is more, the oldest half goes, and `gust logs` says so.",
      example: '"32MB"',
    },
  ],
};

const colors = ["red", "green", "yellow", "blue", "magenta", "cyan", "white", "raw"];

export const colorSection: Section = {
  name: "color",
  list: false,
  doc: "Colours of gust's lines. `raw` is none.",
  entries: [
    {
      path: "color.mode",
      kind: "string",
      fallback: "",
      fallbackText: '`"auto"`',
      allowed: ["", "auto", "always", "never"],
      air: true,
      doc: "`auto`: colours on a terminal, unless `NO_COLOR` is set.",
      example: '"never"',
    },
    ...part("main", "magenta", "what changed and what is live"),
    ...part("watcher", "cyan", "watching"),
    ...part("build", "yellow", "builds"),
    ...part("runner", "green", "the program"),
    {
      path: "color.app",
      kind: "string",
      fallback: "",
      air: true,
      doc: "Accepted for air's sake; the program's output keeps its own colours.",
      example: '""',
    },
  ],
};

export const miscSection: Section = {
  name: "misc",
  list: false,
  doc: "Beginning and end.",
  entries: [
    {
      path: "misc.clean_on_exit",
      kind: "boolean",
      fallback: false,
      air: true,
      doc: "Removes `tmp_dir`, with everything in it, when gust ends.",
      example: "true",
    },
    {
      path: "misc.startup_banner",
      kind: "string",
      fallback: null,
      fallbackText: "gust's own line",
      air: true,
      doc: "The first line that gust prints. Empty: none.",
      example: '""',
    },
  ],
};

export const screenSection: Section = {
  name: "screen",
  list: false,
  doc: "The terminal.",
  entries: [
    {
      path: "screen.clear_on_rebuild",
      kind: "boolean",
      fallback: false,
      air: true,
      doc: "Clears the terminal at every change.",
      example: "true",
    },
    {
      path: "screen.keep_scroll",
      kind: "boolean",
      fallback: true,
      air: true,
      doc: "`false`: clearing also empties the scroll-back.",
      example: "false",
    },
  ],
};

function part(name: string, fallback: string, what: string): readonly Entry[] {
  const doc = `Colour of lines about ${what}.`;
  const example = `"${fallback}"`;
  return [
    { path: `color.${name}`, kind: "string", fallback, allowed: colors, air: true, doc, example },
  ];
}
