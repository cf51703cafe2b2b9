import { execFile } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import type { Ports } from "./go-load.ts";
import type { Trouble } from "./load.ts";

/** What a client that somebody else has written says, with a process for each request. */
export class CurlLoad {
  readonly troubles: Trouble[] = [];
  requests = 0;
  least = 0;
  readonly #over = new AbortController();
  readonly #working: Promise<void>;

  /** Asks by HTTP/1.1, and by HTTP/2 every other time. */
  constructor({ port, tlsPort }: Ports, pauseMs: number) {
    this.#working = this.#work(
      [`http://127.0.0.1:${port}/`, `https://127.0.0.1:${tlsPort}/`],
      pauseMs,
    );
  }

  async stop(): Promise<void> {
    this.#over.abort();
    await this.#working;
  }

  async #work(urls: readonly string[], pauseMs: number): Promise<void> {
    const { signal } = this.#over;
    while (!signal.aborted) {
      const asked = { began: Date.now(), least: this.least };
      const url = urls[this.requests % urls.length] ?? "";
      this.requests += 1;
      const { answer, error } = await curl(url);
      if (error !== null) this.#note("failure", asked.began, `${url}: ${error}`);
      // After a rollback an older version is live again.
      else if (!(Number(answer) >= Math.min(asked.least, this.least))) {
        this.#note("stale", asked.began, `${answer}, though ${asked.least} was live`);
      }
      await pause(pauseMs, null, { signal }).catch(() => null);
    }
  }

  #note(trouble: Trouble["trouble"], began: number, text: string): void {
    this.troubles.push({ trouble, kind: "curl", client: 0, text, began, ended: Date.now() });
  }
}

/** The program has signed its certificate itself. */
function curl(url: string): Promise<{ readonly answer: string; readonly error: string | null }> {
  const args = ["--silent", "--show-error", "--fail", "--insecure", "--max-time", "20", url];
  return new Promise((resolve) => {
    execFile("curl", args, (error, stdout, stderr) => {
      const why = error === null ? null : `${error.code}: ${stderr.trim()}`;
      resolve({ answer: stdout, error: why });
    });
  });
}
