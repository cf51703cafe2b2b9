import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { PATIENCE_MS } from "./events.ts";
import { Gust } from "./gust.ts";
import type { Project } from "./project.ts";

/** Why there is no terminal for a test; false where there is one. */
// `script` of util-linux makes a terminal; that of other systems takes other arguments.
export const skip: string | false =
  process.platform === "linux" && spawnSync("script", ["--version"]).status === 0
    ? false
    : "needs script of util-linux";

/** A gust that has a real terminal, as a person sees it. */
export class OnTerminal {
  readonly gust: Gust;
  #from = 0;

  private constructor(gust: Gust) {
    this.gust = gust;
  }

  static async start(
    project: Project,
    env: Readonly<Record<string, string>> = {},
  ): Promise<OnTerminal> {
    const gust = await Gust.start(project, {
      json: false,
      stdin: true,
      wrapper: ["sh", "-c", 'exec script -qec "$*" /dev/null', "script"],
      env: { TERM: "xterm", NO_COLOR: "1", ...env },
    });
    return new OnTerminal(gust);
  }

  /** Waits until this is shown, behind what was waited for last. */
  async shows(wanted: RegExp): Promise<void> {
    const { gust } = this;
    for (const deadline = Date.now() + PATIENCE_MS; ;) {
      const found = wanted.exec(gust.stdout.slice(this.#from));
      if (found !== null) {
        this.#from += found.index + found[0].length;
        return;
      }
      assert.ok(Date.now() < deadline, `${wanted} is not in\n${gust.stdout.slice(this.#from)}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** Waits until this was shown so often since the beginning; `wanted` is global. */
  async showed(wanted: RegExp, times: number): Promise<void> {
    const count = (): number => this.gust.stdout.match(wanted)?.length ?? 0;
    for (const deadline = Date.now() + PATIENCE_MS; count() < times;) {
      assert.ok(Date.now() < deadline, `${wanted} is not there ${times} times`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}
