import { EventParser } from "./event-parser.ts";
import type { News } from "./model.ts";
import { seen, takePlace } from "./place.ts";
import { connection, take } from "./store.ts";
import { tokenHeaders } from "./token.ts";

/**
 * Follows gust's news for as long as the page is open, and comes again when the stream has ended.
 * EventSource could not send the token.
 */
export async function followNews(): Promise<never> {
  let waitMs = firstWaitMs;
  for (;;) {
    if (!(await takePlace())) {
      connection.value = "resting";
      await seen();
    }
    const outcome = await readOnce();
    if (outcome.left) continue;
    if (outcome.opened) waitMs = firstWaitMs;
    connection.value = outcome.refused ? "refused" : "ended";
    await pause(Math.max(waitMs, outcome.retryMs ?? 0));
    waitMs = Math.min(waitMs * 2, longestWaitMs);
  }
}

const firstWaitMs = 250;
const longestWaitMs = 4000;

interface Reading {
  readonly opened: boolean;
  readonly refused: boolean;
  /** The page has no place among those that follow any more. */
  readonly left: boolean;
  readonly retryMs: number | null;
}

/** Reads one stream to its end, or until the page has to rest. */
async function readOnce(): Promise<Reading> {
  const resting = new AbortController();
  const { signal } = resting;
  const look = (): void => void takePlace().then((may) => !may && resting.abort());
  document.addEventListener("visibilitychange", look);
  const outcome = await readUntil(signal);
  document.removeEventListener("visibilitychange", look);
  return { ...outcome, left: signal.aborted };
}

async function readUntil(signal: AbortSignal): Promise<Omit<Reading, "left">> {
  let opened = false;
  let retryMs: number | null = null;
  try {
    const response = await fetch("api/events", {
      headers: tokenHeaders(),
      cache: "no-store",
      signal,
    });
    const refused = response.status === 401 || response.status === 403;
    if (!response.ok || response.body === null) return { opened, refused, retryMs };
    const parser = new EventParser();
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      const parsed = parser.push(value);
      retryMs = parsed.retryMs ?? retryMs;
      if (parsed.events.length > 0) {
        opened = true;
        connection.value = "open";
        take(parsed.events.flatMap(newsOf));
      }
    }
  } catch {
    // Nobody answers, or the connection was cut: both are told by the end of this reading.
  }
  return { opened, refused: false, retryMs };
}

const events: ReadonlySet<string> = new Set(["dashboard", "service", "save", "health", "log"]);

/** A newer gust may send what this page does not know. */
function newsOf({ event, data }: { event: string; data: string }): readonly News[] {
  return events.has(event) ? [{ event, data: JSON.parse(data) } as News] : [];
}

/** Waits, unless somebody looks at the page again before. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", go);
      removeEventListener("online", go);
      resolve();
    };
    const timer = setTimeout(go, ms);
    document.addEventListener("visibilitychange", go);
    addEventListener("online", go);
  });
}
