import type { Entry, Section } from "./entry.ts";

export const hooksSection: Section = {
  name: "hooks",
  list: false,
  doc: "Commands that gust runs when something has happened, with the facts in environment variables ([hooks.md](hooks.md)).",
  entries: [
    hook("on_live", "Run when a version is live.", '["notify-send", "gust", "live"]'),
    hook(
      "on_failure",
      "Run when a version does not become live, and when the program crashes.",
      '["sh", "-c", "echo \\"$GUST_MESSAGE\\" >> failures.txt"]',
    ),
    hook(
      "on_rollback",
      "Run when an earlier version serves again.",
      '["./scripts/rolled-back.sh"]',
    ),
    {
      path: "hooks.timeout",
      kind: "duration",
      fallback: "10s",
      air: false,
      doc: "A hook that has not ended by then is killed, with all its children.",
      example: '"1m"',
    },
  ],
};

export const notifySection: Section = {
  name: "notify",
  list: false,
  doc: "Notifications for a person who looks elsewhere ([hooks.md](hooks.md)).",
  entries: [
    {
      path: "notify.desktop",
      kind: "string",
      fallback: "never",
      allowed: ["never", "failure", "always"],
      air: false,
      doc: "A notification of the desktop: of failures only, or also of what is live. By `notify-send` on Linux, `osascript` on macOS, PowerShell on Windows.",
      example: '"failure"',
    },
    {
      path: "notify.terminal",
      kind: "string",
      fallback: "never",
      allowed: ["never", "failure", "always"],
      air: false,
      doc: "The same by the terminal that gust runs in (escape sequences OSC 9 and OSC 777), also over SSH, where the terminal knows them.",
      example: '"failure"',
    },
  ],
};

function hook(name: string, when: string, example: string): Entry {
  return {
    path: `hooks.${name}`,
    kind: "command",
    fallback: [],
    air: false,
    doc: `${when} A program and its arguments; no shell looks at them. Empty: nothing.`,
    example,
  };
}
