import { type ReadonlySignal, type Signal, computed, signal } from "@preact/signals";
import type { ServiceBoard } from "../../core/dashboard.ts";
import { type LogFilter, everything } from "./log.ts";
import { type Model, type News, emptyModel, modelWith } from "./model.ts";
import { type Route, type Tab, fragmentOf, routeOf } from "./route.ts";

/*
 * What the page shows: signals, of which each part reads what it needs.
 */

/**
 * - "connecting": nothing has come yet
 * - "open": what is shown is so now
 * - "ended": gust has ended, or cannot be reached; what is shown was so
 * - "refused": gust does not know the token
 * - "resting": nobody sees the page, and others need the connection
 */
export type Connection = "connecting" | "open" | "ended" | "refused" | "resting";

export const connection: Signal<Connection> = signal("connecting");
export const model: Signal<Model> = signal(emptyModel);
export const route: Signal<Route> = signal(routeOf(location.hash));
/** Milliseconds since the epoch by gust's clock, each second while the page follows the news. */
export const now: Signal<number> = signal(Date.now());
/** The generation that was chosen from the timeline; null: the newest. */
export const chosenSave: Signal<number | null> = signal(null);
export const logFilter: Signal<LogFilter> = signal(everything);
/** Whether new lines are shown as they come. */
export const following: Signal<boolean> = signal(true);
/** The answer to what one has done last. */
export const said: Signal<Said | null> = signal(null);

export interface Said {
  readonly tone: "good" | "bad";
  readonly text: string;
}

export const services: ReadonlySignal<readonly ServiceBoard[]> = computed(
  () => model.value.dashboard?.services ?? [],
);

/** The service that is shown; the first where none is named. */
export const board: ReadonlySignal<ServiceBoard | null> = computed(() => {
  const { service } = route.value;
  const all = services.value;
  return all.find(({ name }) => name === service) ?? all[0] ?? null;
});

export const root: ReadonlySignal<string> = computed(() => model.value.dashboard?.about.root ?? "");

/** Goes to a tab, or to a service, and puts it into the address. */
export function go(to: { readonly tab?: Tab; readonly service?: string }): void {
  const next = { ...route.value, ...to };
  if (to.service !== undefined && to.service !== route.value.service) resetChoices();
  history.replaceState(null, "", fragmentOf(next));
  route.value = next;
}

/** Takes news. They come faster than anybody reads, so that what comes close together is drawn once. */
export function take(news: readonly News[]): void {
  pending.push(...news);
  if (pending.length === news.length) setTimeout(apply, drawEveryMs);
}

const drawEveryMs = 30;
const pending: News[] = [];
let clockAhead = 0;

function apply(): void {
  const news = pending.splice(0);
  model.value = news.reduce(modelWith, model.value);
  const last = news.findLast(({ event }) => event === "health" || event === "dashboard");
  if (last !== undefined) setClock(model.value.dashboard?.health.at ?? Date.now());
}

/** The page may be on another machine, with another clock. */
function setClock(at: number): void {
  clockAhead = at - Date.now();
  // Whatever is that near is the way of the news, and would make the clock stumble.
  if (Math.abs(clockAhead) < 2000) clockAhead = 0;
  tick();
}

/** Lets the clock run. */
export function startClock(): void {
  setInterval(tick, 1000);
}

function tick(): void {
  // Nobody knows whether what was live still is.
  if (connection.value !== "open") return;
  now.value = Date.now() + clockAhead;
}

function resetChoices(): void {
  chosenSave.value = null;
  logFilter.value = { ...logFilter.value, generation: null };
  following.value = true;
}
