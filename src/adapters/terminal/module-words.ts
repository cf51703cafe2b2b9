import type { Notice } from "../../core/notice.ts";
import { duration } from "./duration.ts";
import { plural } from "./names.ts";
import type { Line, Styles, WordOptions } from "./style.ts";
import { harmless } from "./text.ts";

type ModuleNotice = Extract<
  Notice,
  { type: "fetch-started" | "fetch-finished" | "fix-started" | "fix-finished" }
>;

/** What is fetched, and which go command puts module files right. */
export function moduleLines(
  notice: ModuleNotice,
  options: WordOptions,
  style: Styles,
): readonly Line[] {
  switch (notice.type) {
    case "fetch-started": {
      // The status line says it, and how far it is.
      if (options.footer && !options.verbose) return [];
      const first =
        notice.first === null ? "" : ` (${harmless(notice.first)}${more(notice.total)})`;
      return [build(style.dim(`fetching ${plural(notice.total, "module")}${first}`))];
    }
    case "fetch-finished":
      return [build(`fetched ${plural(notice.count, "module")} in ${duration(notice.durationMs)}`)];
    case "fix-started": {
      const why = notice.why === null ? "" : `: ${harmless(notice.why)}`;
      const auto = notice.auto ? " by itself" : "";
      return [build(`${style.bold(commandWords(notice.command))} runs${auto}${why}`)];
    }
    case "fix-finished":
      return [
        build(`${commandWords(notice.command)} done in ${duration(notice.durationMs)}`),
        ...notice.said.slice(0, mostSaid).map((line) => build(style.dim(`  ${harmless(line)}`))),
      ];
  }
}

const mostSaid = 10;

const more = (total: number): string => (total > 1 ? ` +${total - 1}` : "");

const commandWords = (args: readonly string[]): string => harmless(`go ${args.join(" ")}`);

const build = (text: string): Line => ({ part: "build", text });
