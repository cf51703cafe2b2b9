import assert from "node:assert/strict";
import { Listener } from "../contract/dashboard-kit.ts";
import type { News } from "../../src/adapters/web/dashboard/desk.ts";
import type {
  Dashboard,
  DashboardAction,
  LogLine,
  LogNews,
  Save,
  SaveNews,
  ServiceNews,
} from "../../src/core/dashboard.ts";
import { type Gust, runGust } from "./gust.ts";

/** The dashboard of a gust that runs, as a program asks it. */
export class OpenDashboard {
  readonly url: string;
  readonly origin: string;
  readonly token: string;

  private constructor(url: string) {
    const { origin, hash } = new URL(url);
    this.url = url;
    this.origin = origin;
    this.token = hash.replace("#token=", "");
  }

  /** As a user opens it. */
  static async open(gust: Gust): Promise<OpenDashboard> {
    const ui = await runGust(gust.project, { command: "ui", args: ["--print"], json: false });
    assert.equal(ui.code, 0, ui.stderr);
    assert.match(ui.stdout, /^http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]+\n$/);
    return new OpenDashboard(ui.stdout.trim());
  }

  listen(): Promise<Listener> {
    return Listener.open(Number(new URL(this.origin).port), this.token);
  }

  /** All that somebody is shown who comes now. */
  async now(): Promise<{ readonly dashboard: Dashboard; readonly lines: readonly LogLine[] }> {
    const listener = await this.listen();
    const { data } = await listener.next(({ event }) => event === "dashboard");
    const log = await listener.next(({ event }) => event === "log");
    listener.close();
    return { dashboard: data as Dashboard, lines: (log.data as LogNews).lines };
  }

  async get(path: string): Promise<{ readonly status: number; readonly body: unknown }> {
    const response = await fetch(this.origin + path, {
      headers: { "x-gust-token": this.token },
    });
    return { status: response.status, body: await response.json() };
  }

  async act(action: DashboardAction): Promise<{ readonly status: number; readonly body: string }> {
    const response = await fetch(`${this.origin}/api/action`, {
      method: "POST",
      headers: { "x-gust-token": this.token, "content-type": "application/json" },
      body: JSON.stringify(action),
    });
    return { status: response.status, body: await response.text() };
  }
}

/** The next news of a save that is so. */
export async function nextSave(
  listener: Listener,
  matches: (save: Save, service: string) => boolean,
): Promise<Save> {
  const { data } = await listener.next(
    (news) => news.event === "save" && matches(saveOf(news).save, saveOf(news).service),
  );
  return (data as SaveNews).save;
}

/** The next board that is so. */
export async function nextBoard(
  listener: Listener,
  matches: (board: ServiceNews) => boolean,
): Promise<ServiceNews> {
  const { data } = await listener.next(
    ({ event, data }) => event === "service" && matches(data as ServiceNews),
  );
  return data as ServiceNews;
}

const saveOf = ({ data }: News): SaveNews => data as SaveNews;

/** The next line that is so. */
export async function nextLine(
  listener: Listener,
  matches: (line: LogLine) => boolean,
): Promise<LogLine> {
  for (;;) {
    const { data } = await listener.next(({ event }) => event === "log");
    const found = (data as LogNews).lines.find(matches);
    if (found !== undefined) return found;
  }
}
