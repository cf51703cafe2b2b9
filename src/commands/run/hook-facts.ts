import { failurePosition } from "../../adapters/terminal/failure-words.ts";
import { notificationWords } from "../../adapters/terminal/notification-words.ts";
import type { Notice } from "../../core/notice.ts";
import type { Address } from "../../core/version.ts";
import type { View } from "../../core/view.ts";

export type HookName = "on_live" | "on_failure" | "on_rollback";

/** Which hook a notice calls for; null: none. */
export function hookFor(notice: Notice): HookName | null {
  if (notice.type === "live") return "on_live";
  if (notice.type === "rolled-back") return "on_rollback";
  return notice.type === "failed" || notice.type === "crashed" ? "on_failure" : null;
}

/** Which program it is about. */
export interface HookSubject {
  readonly name: string;
  readonly root: string;
}

/**
 * The facts for a hook, all as environment variables that are always set: what does not apply is
 * empty, so that nothing of an outer gust is taken for it.
 */
export function hookFacts(
  notice: Notice,
  view: View,
  subject: HookSubject,
): Readonly<Record<string, string>> {
  const words = notificationWords(notice, subject);
  const failure = "failure" in notice ? notice.failure : null;
  const at = failure === null ? null : failurePosition(failure);
  const serving = view.serving;
  const addresses = notice.type === "live" ? notice.addresses : (serving?.addresses ?? []);
  const facts = {
    GUST_EVENT: (hookFor(notice) ?? "").replace("on_", ""),
    GUST_BUILD: buildOf(notice),
    GUST_SERVING: serving === null ? "" : `${serving.generation}`,
    GUST_PID: serving === null ? "" : `${serving.pid}`,
    GUST_URL: urlOf(addresses),
    GUST_DURATION_MS: `${Math.round(durationOf(notice))}`,
    GUST_FAILURE_CODE: failure?.code ?? "",
    GUST_TITLE: words?.title ?? "",
    GUST_TEXT: words?.body ?? "",
    GUST_MESSAGE: failure?.message ?? words?.body ?? "",
    GUST_FILE: at?.file ?? "",
    GUST_LINE: at === null ? "" : `${at.line}`,
    GUST_COLUMN: at === null || at.column === 0 ? "" : `${at.column}`,
    GUST_HINT: failure?.hint ?? "",
    GUST_ROOT: subject.root,
    GUST_PROGRAM: subject.name,
  };
  return Object.fromEntries(Object.entries(facts).map(([key, value]) => [key, carried(value)]));
}

function buildOf(notice: Notice): string {
  if (notice.type === "rolled-back") return `${notice.to}`;
  return "generation" in notice ? `${notice.generation}` : "";
}

function durationOf(notice: Notice): number {
  if (notice.type === "live") return notice.totalMs;
  const phases = notice.type === "failed" ? notice.phases : [];
  return phases.reduce((sum, { durationMs }) => sum + durationMs, 0);
}

/** Of the first TCP address; one that means every interface is reached as localhost. */
export function urlOf(addresses: readonly Address[]): string {
  const first = addresses.find(({ network }) => network === "tcp");
  if (first === undefined) return "";
  return `http://${first.address.replace(/^(?:0\.0\.0\.0|\[::\]|\*|)(?=:\d+$)/, "localhost")}/`;
}

/** A variable of the environment takes no NUL, and all of them together only so much. */
function carried(value: string): string {
  return value.replaceAll("\0", "").slice(0, MOST);
}

const MOST = 8192;
