import type { Section } from "./entry.ts";

export const readySection: Section = {
  name: "ready",
  list: false,
  doc: `When a new version counts as ready. Without this section: as soon as it listens on the ports that
its predecessor had, or on any port the first time.`,
  entries: [
    {
      path: "ready.ports",
      kind: "integers",
      fallback: [],
      min: 1,
      max: 65_535,
      air: false,
      doc: "The program is ready when it listens on all of these.",
      example: "[8080, 9090]",
    },
    {
      path: "ready.log",
      kind: "regexp",
      fallback: "",
      air: false,
      doc: "The program is ready when a line of its output matches this regular expression (Go's syntax).",
      example: "'listening on :\\d+'",
    },
    {
      path: "ready.min_uptime",
      kind: "duration",
      fallback: "300ms",
      air: false,
      doc: "A program that listens on nothing, and need not, is ready after this time.",
      example: '"1s"',
    },
    {
      path: "ready.timeout",
      kind: "duration",
      fallback: "60s",
      air: false,
      doc: "A version that is not ready by then is stopped, and the last good one serves.",
      example: '"20s"',
    },
  ],
};

export const healthSection: Section = {
  name: "health",
  list: false,
  doc: "An HTTP request that a new version must answer well before it counts as ready.",
  entries: [
    {
      path: "health.path",
      kind: "string",
      fallback: "",
      air: false,
      doc: "Path of the request, beginning with `/`. Empty: no health check.",
      example: '"/healthz"',
    },
    {
      path: "health.port",
      kind: "integer",
      fallback: 0,
      min: 0,
      max: 65_535,
      air: false,
      doc: "Port of the request. `0`: the one that the program listens on.",
      example: "8081",
    },
    {
      path: "health.status",
      kind: "status",
      fallback: "200-399",
      air: false,
      doc: "Status codes that are good: numbers and ranges, with commas.",
      example: '"200,204"',
    },
    {
      path: "health.timeout",
      kind: "duration",
      fallback: "1s",
      air: false,
      doc: "A request without an answer by then has failed.",
      example: '"500ms"',
    },
    {
      path: "health.interval",
      kind: "duration",
      fallback: "50ms",
      air: false,
      doc: "Time between two requests.",
      example: '"100ms"',
    },
    {
      path: "health.retries",
      kind: "integer",
      fallback: 2,
      min: 0,
      max: 1000,
      air: false,
      doc: "How many bad answers in a row do not count yet.",
      example: "5",
    },
  ],
};

const signals = ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGKILL"];

export const runSection: Section = {
  name: "run",
  list: false,
  doc: "How the program is stopped, and what happens when it ends by itself.",
  entries: [
    {
      path: "run.stop_signal",
      kind: "string",
      fallback: "SIGTERM",
      fallbackText: '`"SIGTERM"`, or `"SIGINT"` with `build.send_interrupt`',
      allowed: signals,
      air: false,
      doc: "The signal that asks the program to end. It is sent once, to its process group.",
      example: '"SIGINT"',
    },
    {
      path: "run.stop_timeout",
      kind: "duration",
      fallback: "5s",
      fallbackText: '`"5s"`, or `build.kill_delay` when that is above zero',
      air: false,
      doc: "A program that has not ended by then is killed, with all its children.",
      example: '"30s"',
    },
    {
      path: "run.probation",
      kind: "duration",
      fallback: "5s",
      air: false,
      doc: "A new version that crashes this soon after it was ready is taken back for the last good one.",
      example: '"10s"',
    },
    {
      path: "run.restart",
      kind: "string",
      fallback: "never",
      fallbackText: '`"never"`, or `"always"` with `build.rerun`',
      allowed: ["never", "on-crash", "always"],
      air: false,
      doc: "What follows when the program ends later: nothing until the next save; a restart when it failed; a restart in any case.",
      example: '"on-crash"',
    },
    {
      path: "run.restart_delay",
      kind: "duration",
      fallback: "500ms",
      air: false,
      doc: "Time before such a restart. It doubles up to 30 s while the program keeps failing.",
      example: '"1s"',
    },
  ],
};
