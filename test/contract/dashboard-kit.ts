import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { type IncomingMessage, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DashboardDesk, News } from "../../src/adapters/web/dashboard/desk.ts";
import {
  type DashboardServer,
  openDashboardServer,
} from "../../src/adapters/web/dashboard/server.ts";
import type { DashboardAction } from "../../src/core/dashboard.ts";
import type { Failure } from "../../src/core/failure.ts";
import { PATIENCE_MS } from "../e2e/events.ts";
import type { Afterwards } from "../world/temp-module.ts";

export interface Opened {
  readonly server: DashboardServer;
  readonly port: number;
  readonly token: string;
  /** Everything that the desk was asked to do. */
  readonly acted: DashboardAction[];
  /** How many listened, each time that it changed. */
  readonly listened: number[];
  readonly dir: string;
}

/** A dashboard with a desk that notes what it is asked for. */
export async function openDashboard(
  t: Afterwards,
  desk: Partial<DashboardDesk> = {},
): Promise<Opened> {
  const dir = await mkdtemp(join(tmpdir(), "gust-dashboard-"));
  const staticDir = join(dir, "browser");
  await writeFile(join(dir, "secret.html"), "not for the net");
  await mkdir(staticDir);
  await writeFile(join(staticDir, "dashboard.html"), "<!doctype html><title>gust</title>");
  await writeFile(join(staticDir, "dashboard.js"), "export {};");
  await writeFile(join(staticDir, "client.js"), "not the dashboard's");
  const acted: DashboardAction[] = [];
  const listened: number[] = [];
  const server = await openDashboardServer({
    port: 0,
    staticDir,
    desk: {
      hello: () => [{ event: "dashboard", data: { services: [] } }],
      graph: () => Promise.resolve({ packages: [] }),
      diff: (_service, from, to) =>
        Promise.resolve({ from, to, bytes: { from: 1, to: 2 }, packages: [], symbols: [] }),
      act: (action): Promise<Failure | null> => {
        acted.push(action);
        return Promise.resolve(null);
      },
      listeners: (count) => void listened.push(count),
      ...desk,
    },
  });
  assert.ok(!("code" in server), JSON.stringify(server));
  t.after(async () => {
    await server.close();
    await rm(dir, { recursive: true, force: true });
  });
  const url = new URL(server.url);
  const token = url.hash.replace("#token=", "");
  return { server, port: Number(url.port), token, acted, listened, dir };
}

export interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Answered {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** One request with exactly these headers, as anything on this machine can send it. */
export function ask(
  port: number,
  { method = "GET", path = "/", headers = {}, body }: Asked = {},
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: "127.0.0.1", port, method, path, headers, agent: false },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (piece: string) => (text += piece));
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
        );
        response.on("error", reject);
      },
    );
    asked.on("error", reject);
    asked.end(body);
  });
}

/** A stream of events that is read as it comes. */
export class Listener {
  readonly #response: IncomingMessage;
  readonly #news: News[] = [];
  readonly ended: Promise<void>;
  #rest = "";
  #wake: () => void = () => undefined;

  private constructor(response: IncomingMessage) {
    this.#response = response;
    this.ended = new Promise((resolve) => {
      response.on("close", () => {
        this.#wake();
        resolve();
      });
      response.on("error", () => resolve());
    });
    response.setEncoding("utf8").on("data", (text: string) => this.#read(text));
  }

  static open(port: number, token: string): Promise<Listener> {
    return new Promise((resolve, reject) => {
      const headers = { "x-gust-token": token };
      const asked = request(
        { host: "127.0.0.1", port, path: "/api/events", headers, agent: false },
        (response) => {
          assert.equal(response.statusCode, 200);
          assert.equal(response.headers["content-type"], "text/event-stream; charset=utf-8");
          resolve(new Listener(response));
        },
      );
      asked.on("error", reject);
      asked.end();
    });
  }

  /** The next piece of news that matches, behind the one that was waited for last. */
  async next(matches: (news: News) => boolean = () => true): Promise<News> {
    for (const deadline = Date.now() + PATIENCE_MS; ;) {
      for (let news = this.#news.shift(); news !== undefined; news = this.#news.shift()) {
        if (matches(news)) return news;
      }
      assert.ok(!this.#response.closed, "the stream has ended");
      await this.#more(deadline - Date.now());
    }
  }

  #more(ms: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error("no such news came")), ms);
      this.#wake = () => {
        clearTimeout(late);
        resolve();
      };
    });
  }

  /** Reads nothing from now on. */
  stall(): void {
    this.#response.pause();
  }

  close(): void {
    this.#response.destroy();
  }

  #read(text: string): void {
    const parts = (this.#rest + text).split("\n\n");
    this.#rest = parts.pop() ?? "";
    for (const part of parts) {
      const found = /^event: (.+)\ndata: (.*)$/.exec(part);
      if (found === null) continue;
      const data: unknown = JSON.parse(found[2] ?? "null");
      this.#news.push({ event: found[1] as News["event"], data });
    }
    this.#wake();
  }
}
