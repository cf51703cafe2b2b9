import type { Failure } from "../../../core/failure.ts";
import { errorPage, errorText } from "../error-page.ts";
import { type Refusal, labelOf } from "./gate.ts";
import type { OwnAnswer } from "./own-answer.ts";

export interface RefusalOptions {
  /** Paths are shown relative to it. */
  readonly root: string;
  readonly readSource: (file: string) => string | null;
}

/** Who is refused. */
export interface Refused {
  /** A browser that loads a page. */
  readonly page: boolean;
  /** May know sources. */
  readonly trusted: boolean;
}

/** What is answered where no version is: a page for browsers, a few words for others. */
export function refusalAnswer(
  refusal: Refusal,
  { page, trusted }: Refused,
  options: RefusalOptions,
): OwnAnswer {
  const { red, newest, live } = refusal;
  const generation = red?.generation ?? newest;
  const failure = red === null ? nobody(refusal) : trusted ? red.failure : untold(red.failure);
  const label = labelOf(refusal);
  if (!page) {
    const body =
      live === null
        ? errorText({ failure, generation })
        : `gust: ${failure.message}; ${failure.hint}\n`;
    return { status: 503, type: "text/plain; charset=utf-8", body, label };
  }
  const state = live === null ? {} : { state: `#${live} is live, but not where it is sought` };
  const body = errorPage({ failure, generation, label, ...state, ...options });
  return { status: 503, type: "text/html; charset=utf-8", body, label };
}

/** Another machine is told that there is a failure, and nothing of the sources. */
const untold = ({ code }: Failure): Failure => ({
  code,
  message: "the newest save is not live",
  hint: "see the terminal in which gust runs",
});

function nobody({ sought, listens }: Refusal): Failure {
  if (sought === null) {
    return {
      code: "START_NOT_READY",
      message: "gust does not see that the program listens anywhere",
      hint: "say at which port it does with proxy.app_port",
    };
  }
  const port = /:(\d+)$/.exec(listens ?? "")?.[1];
  if (port !== undefined && listens !== sought) {
    // With a port alone the proxy looks at this machine's usual addresses.
    const usual = /^(?:127\.0\.0\.1|\[::1\]):/.test(listens ?? "");
    return {
      code: "START_NOT_READY",
      message: `nothing accepts connections at ${sought}: the program listens at ${listens}`,
      hint: `set proxy.app_port to ${usual ? `${port}, or to 0` : "0"}`,
    };
  }
  return {
    code: "START_NOT_READY",
    message: `nothing accepts connections at ${sought}`,
    hint: "see that the program listens there, or say where with proxy.app_port",
  };
}
