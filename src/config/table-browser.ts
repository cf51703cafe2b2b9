import type { Section } from "./entry.ts";

export const browserSection: Section = {
  name: "browser",
  list: false,
  doc: "Pages of the program in a browser: reloads, errors, styles ([browser.md](browser.md)). Only in dev.",
  entries: [
    {
      path: "browser.enabled",
      kind: "boolean",
      fallback: true,
      air: false,
      doc: "Page loads of a browser get a reference to a small script of gust's, which reloads the page when a newer version is live. Nothing else that the program sends is changed.",
      example: "false",
    },
    {
      path: "browser.overlay",
      kind: "boolean",
      fallback: true,
      air: false,
      doc: "While the newest save is not live, the page shows why.",
      example: "false",
    },
    {
      path: "browser.badge",
      kind: "boolean",
      fallback: true,
      air: false,
      doc: "A corner of the page tells which build it came from, when that is not the newest save.",
      example: "false",
    },
    {
      path: "browser.console",
      kind: "boolean",
      fallback: false,
      air: false,
      doc: "Errors and warnings of the browser's console are shown in gust's terminal.",
      example: "true",
    },
    {
      path: "browser.hosts",
      kind: "strings",
      fallback: [],
      air: false,
      doc: "Names besides `localhost` and addresses under which you open the program. Pages under other names are reloaded, and told nothing else.",
      example: '["shop.test"]',
    },
    {
      path: "browser.remote",
      kind: "boolean",
      fallback: false,
      air: false,
      doc: "`true`: browsers on other machines are told errors with their source lines too, and may open your editor. By itself they are only reloaded.",
      example: "true",
    },
  ],
};

export const editorSection: Section = {
  name: "editor",
  list: false,
  doc: "Which editor opens where an error is clicked or `e` is pressed ([browser.md](browser.md#editors)).",
  entries: [
    {
      path: "editor.command",
      kind: "command",
      fallback: [],
      fallbackText: "`$GUST_EDITOR`, else the editor that runs, else `$VISUAL` or `$EDITOR`",
      air: false,
      doc: "The editor's command as words, never a shell string; the place is added as that editor takes it. `{file}`, `{line}` and `{column}` in a word stand for the place, where an editor is not known.",
      example: '["code", "--reuse-window"]',
    },
  ],
};

export const uiSection: Section = {
  name: "ui",
  list: false,
  doc: "The dashboard in the browser ([dashboard.md](dashboard.md)).",
  entries: [
    {
      path: "ui.enabled",
      kind: "boolean",
      fallback: true,
      air: false,
      doc: "`false`: there is none. It is on 127.0.0.1 only, and costs nothing until it is opened.",
      example: "false",
    },
    {
      path: "ui.port",
      kind: "integer",
      fallback: 0,
      min: 0,
      max: 65_535,
      air: false,
      doc: "Its port; 0: one that is free.",
      example: "7070",
    },
  ],
};
