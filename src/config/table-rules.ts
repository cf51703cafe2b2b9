import type { Entry, Section } from "./entry.ts";

const matchers: readonly Entry[] = [
  {
    path: "include_ext",
    kind: "strings",
    fallback: [],
    air: true,
    doc: "Endings, without dot, of files that run the rule.",
    example: '["templ"]',
  },
  {
    path: "include_dir",
    kind: "strings",
    fallback: [],
    air: true,
    doc: "Directories, relative to `root`, to which `include_ext` and `include_file` are limited; alone, all files in them run the rule.",
    example: '["web/css"]',
  },
  {
    path: "include_file",
    kind: "strings",
    fallback: [],
    air: true,
    doc: "Files, relative to `root`, that run the rule.",
    example: '["tailwind.config.js"]',
  },
  {
    path: "exclude_regex",
    kind: "regexps",
    fallback: [],
    air: true,
    doc: "Files that do not run the rule: regular expressions in Go's syntax, matched in the path relative to `root`.",
    example: "['_gen\\.css$']",
  },
];

export const ruleSection: Section = {
  name: "rule",
  list: true,
  required: ["cmd"],
  doc: `A generator, such as templ, sqlc, tailwind, protoc or \`go generate\`: run before the build when one of its
inputs changed. What it writes leads to one build, and never to the rule itself again. The table may be repeated; rules
run in the order of the file.`,
  entries: [
    {
      path: "name",
      kind: "string",
      fallback: "",
      fallbackText: "`rule-1`, `rule-2`, …",
      air: false,
      doc: "What gust calls the rule.",
      example: '"templ"',
    },
    {
      path: "cmd",
      kind: "string",
      fallback: null,
      fallbackText: "none; required",
      air: false,
      doc: "Shell line, run in the directory where gust was started.",
      example: '"templ generate"',
    },
    {
      path: "inputs",
      kind: "globs",
      fallback: [],
      air: false,
      doc: "Files that run the rule: globs relative to `root`, where `**` crosses directories.",
      example: '["**/*.templ"]',
    },
    {
      path: "excludes",
      kind: "globs",
      fallback: [],
      air: false,
      doc: "Files that do not, although `inputs` matches.",
      example: '["old/**"]',
    },
    {
      path: "outputs",
      kind: "globs",
      fallback: [],
      air: false,
      doc: "Files that the rule writes. Told, they are never taken for a change of yours; not told, gust finds out by comparing before and after.",
      example: '["**/*_templ.go"]',
    },
    {
      path: "timeout",
      kind: "duration",
      fallback: "10m",
      air: false,
      doc: "A run that takes longer is stopped and has failed.",
      example: '"1m"',
    },
    {
      path: "run_at_start",
      kind: "boolean",
      fallback: false,
      air: false,
      doc: "Also runs the rule before the first build.",
      example: "true",
    },
    ...matchers.map((entry) => ({ ...entry, air: false })),
  ],
};

export const buildRuleSection: Section = {
  name: "build.rules",
  list: true,
  required: ["cmd"],
  doc: `air's rules. Other than with \`[[rule]]\`, a file that one of these matches never leads to a build by
itself, and the first rule that matches is the only one that runs.`,
  entries: [
    {
      path: "name",
      kind: "string",
      fallback: "",
      fallbackText: "`rule-1`, `rule-2`, …",
      air: true,
      doc: "What gust calls the rule.",
      example: '"css"',
    },
    {
      path: "cmd",
      kind: "string",
      fallback: null,
      fallbackText: "none; required",
      air: true,
      doc: "Shell line, run in the directory where gust was started.",
      example: '"npm run css"',
    },
    ...matchers,
    {
      path: "delay",
      kind: "duration",
      fallback: 1000,
      air: true,
      doc: "Accepted for air's sake: rules share the window of `build.delay`.",
      example: "200",
    },
  ],
};
