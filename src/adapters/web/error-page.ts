import type { Diagnostic, Failure, Frame } from "../../core/failure.ts";
import {
  MOST_FRAMES,
  MOST_LINES,
  MOST_PLACES,
  type ShownPlace,
  frameOf,
  nameOf,
} from "../../core/shown-failure.ts";
import { sep as separator } from "node:path";

export interface ErrorPage {
  readonly failure: Failure;
  /** The generation that failed. */
  readonly generation: number;
  /** What the header X-Gust-Build of the page says. */
  readonly label: string;
  /** What is, where a version runs after all. */
  readonly state?: string;
  /** Paths are shown relative to it. */
  readonly root: string;
  readonly readSource: (file: string) => string | null;
}

/**
 * The page that a browser gets while no version of the program is alive: why, and where. It asks by
 * itself, and loads again when a version answers or the reason is another one.
 */
export function errorPage(page: ErrorPage): string {
  const { failure, generation, label, state } = page;
  const parts = [
    `<p class="state">${escape(state ?? `#${generation} is not live, and no version runs`)}</p>`,
    `<h1>${escape(failure.message)}</h1>`,
    ...diagnosticParts(failure.diagnostics ?? [], page),
    ...(failure.crash === undefined
      ? []
      : [
          `<p>${escape(failure.crash.message)}</p>`,
          ...(failure.crash.frame === undefined ? [] : [frameParts(failure.crash.frame, page)]),
        ]),
    ...seenParts(failure),
    ...(failure.hint === undefined ? [] : [`<p class="hint">${escape(failure.hint)}</p>`]),
    `<p class="foot">gust loads this page again when a version ${state === undefined ? "is live" : "answers"}.</p>`,
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${state === undefined ? `#${generation} is not live` : "nobody answers"}</title>
<style>${STYLE}</style>
</head>
<body data-label="${escape(label)}">
<main>
${parts.join("\n")}
</main>
<script>${SCRIPT}</script>
</body>
</html>
`;
}

/** The same in a few words, for clients that are no browsers. */
export function errorText({
  failure,
  generation,
}: Pick<ErrorPage, "failure" | "generation">): string {
  const places = (failure.diagnostics ?? [])
    .slice(0, MOST_PLACES)
    .map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`);
  return [`#${generation} is not live: ${failure.message}`, ...places, ""].join("\n");
}

function diagnosticParts(diagnostics: readonly Diagnostic[], page: ErrorPage): readonly string[] {
  return diagnostics.slice(0, MOST_PLACES).map((one, index) => {
    const where = `${nameOf(one.file, { ...page, separator })}:${one.line}${one.column > 0 ? `:${one.column}` : ""}`;
    const frame = index < MOST_FRAMES ? sourceParts(one, page) : "";
    return `<section><p><b>${escape(where)}</b> ${escape(one.message)}</p>${frame}</section>`;
  });
}

function frameParts(frame: Frame, page: ErrorPage): string {
  const where = `${nameOf(frame.file, { ...page, separator })}:${frame.line}`;
  const source = sourceParts({ ...frame, column: 0 }, page);
  return `<section><p>at ${escape(frame.function)} <b>${escape(where)}</b></p>${source}</section>`;
}

function sourceParts(place: Pick<ShownPlace, "file" | "line" | "column">, page: ErrorPage): string {
  const frame = frameOf(place, page);
  if (frame === null) return "";
  const lines = frame.map((line) =>
    line.startsWith(">") ? `<mark>${escape(line)}</mark>` : escape(line),
  );
  return `<pre>${lines.join("\n")}</pre>`;
}

/** The compiler's output says what the diagnostics say. */
function seenParts({ diagnostics = [], seen }: Failure): readonly string[] {
  if (diagnostics.length > 0 || seen === undefined || seen.trim() === "") return [];
  return [`<pre>${escape(seen.trim().split("\n").slice(-MOST_LINES).join("\n"))}</pre>`];
}

/** What comes from the program or the compiler is text, whatever is in it. */
function escape(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

const STYLE = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
body { margin: 0; padding: 2rem 1rem }
main { max-width: 56rem; margin: auto }
h1 { font-size: 1.25rem; white-space: pre-wrap; overflow-wrap: anywhere }
.state { color: #c62828; font-weight: 600; margin: 0 }
section { margin: 1.25rem 0 }
pre { font: 13px/1.5 ui-monospace, monospace; overflow-x: auto; padding: .75rem 1rem;
  border: 1px solid color-mix(in srgb, currentColor 20%, transparent); border-radius: 6px }
mark { background: color-mix(in srgb, #c62828 22%, transparent); color: inherit; display: inline-block; min-width: 100% }
.hint::before { content: "Hint: "; font-weight: 600 }
.foot { opacity: .7 }
@media (prefers-color-scheme: dark) { .state { color: #ff8a80 } }
`;

/** The request waits until there is news, so that this is no polling. */
const SCRIPT = `
(async () => {
  const label = document.body.dataset.label;
  for (;;) {
    try {
      const answer = await fetch("/__gust/build", { cache: "no-store" });
      const same = answer.status === 503 && answer.headers.get("x-gust-build") === label;
      if (!same) return location.reload();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
})();
`;
