import type { BuildDiff, DashboardAction, PackageGraph } from "../../../core/dashboard.ts";
import type { Failure } from "../../../core/failure.ts";
import type { EventStreams } from "../event-stream.ts";
import type { Tickets } from "./tickets.ts";

/** One thing that browsers are told: `event` and `data` of server-sent events. */
export interface News {
  readonly event: "dashboard" | "service" | "save" | "health" | "log";
  readonly data: unknown;
}

/** What the dashboard shows and does; it comes from those who know. */
export interface DashboardDesk {
  /** All that one has to know who begins to listen right after that. */
  hello(): readonly News[];
  graph(service: string): Promise<PackageGraph | Failure>;
  diff(service: string, from: number, to: number): Promise<BuildDiff | Failure>;
  /** Null when it was asked for. */
  act(action: DashboardAction): Promise<Failure | null>;
  /** How many listen from now on. */
  listeners(count: number): void;
}

export interface DashboardOptions {
  /** 0: one that is free. */
  readonly port: number;
  /** Directory of what browsers load: `dashboard.html` and what belongs to it. */
  readonly staticDir: string;
  readonly desk: DashboardDesk;
}

/** What answers are made from. */
export interface Desk extends DashboardOptions {
  readonly token: string;
  readonly streams: EventStreams;
  readonly tickets: Tickets;
}
