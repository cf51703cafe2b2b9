import { errorPage, errorText } from "../../adapters/web/error-page.ts";
import type { HoldAnswer } from "../../core/effect.ts";
import type { Clients } from "../../engine/ports.ts";
import type { HeldAnswer } from "../../engine/processes.ts";
import type { Pages } from "./pages.ts";
import type { Parts } from "./parts.ts";
import type { SessionOptions } from "./session.ts";
import { readSource } from "./sources.ts";

/** What is said to clients while nothing is alive, in words and on a page. */
export function clientsOf(
  { processes, memory }: SessionOptions,
  parts: () => Parts,
  pages: Pick<Pages, "socket">,
): Clients {
  return {
    hold: (answer) =>
      processes.hold?.(answer === null ? null : heldAnswer(answer, parts(), pages.socket() ?? "")),
    release: (keep) => processes.release?.(keep),
    remember: (what) => void memory.keep(what),
  };
}

function heldAnswer(
  answer: HoldAnswer,
  { config }: Pick<Parts, "config">,
  desk: string,
): HeldAnswer {
  const { ms, failure, generation } = answer;
  if (failure === null || generation === null) {
    return { ms, page: "", text: "no version of the program is alive yet\n", header: "none", desk };
  }
  const label = `none; failed=${generation}`;
  return {
    ms,
    page: errorPage({ failure, generation, label, root: config.root, readSource }),
    text: errorText({ failure, generation }),
    header: config.run.buildHeader ? label : "",
    desk,
  };
}
