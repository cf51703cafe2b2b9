import type { Entry, Section } from "./entry.ts";

export const proxySection: Section = {
  name: "proxy",
  list: false,
  doc: "A reverse proxy before the program, which reloads pages as air's does ([proxy.md](proxy.md)). Most programs need none: see [browser.md](browser.md).",
  entries: [
    {
      path: "proxy.enabled",
      kind: "boolean",
      fallback: false,
      air: true,
      doc: "Whether there is one.",
      example: "true",
    },
    port("proxy_port", "Port that the browser is given; 0: one that is free."),
    port("app_port", "Port of the program; 0: the one that it listens on."),
    {
      path: "proxy.app_start_timeout",
      kind: "duration",
      fallback: 0,
      fallbackText: "`5000`",
      air: true,
      doc: "How long a request waits for a version that answers, while gust has nothing under way that would bring one; no limit for the answer itself.",
      example: "5000",
    },
    {
      path: "proxy.host",
      kind: "string",
      fallback: "127.0.0.1",
      air: false,
      doc: "Address that it listens on. air listens on all; say `0.0.0.0` where other machines are to reach it.",
      example: '"0.0.0.0"',
    },
  ],
};

function port(name: string, doc: string): Entry {
  const range = { min: 0, max: 65_535 };
  return {
    path: `proxy.${name}`,
    kind: "integer",
    fallback: 0,
    ...range,
    air: true,
    doc,
    example: "8080",
  };
}
