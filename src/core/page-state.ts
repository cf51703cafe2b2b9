import type { ShownFailure } from "./shown-failure.ts";
import type { Activity } from "./view.ts";

/*
 * What the pages of the program are told, over `GET /__gust/events` (docs/browser.md): server-sent
 * events whose data are these, as JSON.
 */

/** What a page of the program may know; reloads, badge and overlay are made from it. */
export interface PageState {
  /** Generation that answers now; null while none does. */
  readonly serving: number | null;
  /** Newest generation that was asked for. */
  readonly newest: number;
  /** Why the newest is not live; null while it is, or while work goes on. */
  readonly trouble: Trouble | null;
  readonly activity: Activity["type"];
}

export interface Trouble {
  /** The generation that failed. */
  readonly generation: number;
  /** Null for whoever is not trusted with sources: then only the number is told. */
  readonly failure: ShownFailure | null;
}

/** `event: hello`, the first of each connection. */
export interface PageHello {
  /** Names this run of gust: another one knows other builds by the same numbers. */
  readonly run: string;
  /** To be sent as `X-Gust-Token` with all that acts; null for whoever may not act. */
  readonly token: string | null;
  /** Whether errors of the console are wanted. */
  readonly console: boolean;
  readonly overlay: boolean;
  readonly badge: boolean;
  readonly state: PageState;
  /** What was told of as live last, oldest first: a swap cuts the connections that would hear of it. */
  readonly recent: readonly PageLive[];
  /** How many times `assets` was told in this run. */
  readonly edition: number;
}

/** `event: live`: a version answers; `event: state` with a PageState follows. */
export interface PageLive {
  readonly generation: number;
  /** The one that served before; null when none did. */
  readonly previous: number | null;
  /** Changed files, if nothing but what pages load besides has changed; null otherwise. */
  readonly assets: AssetChange | null;
}

/** Files that pages load besides. */
export interface AssetChange {
  /** Names relative to the root, with slashes. */
  readonly styles: readonly string[];
  readonly images: readonly string[];
  /** Scripts, pages and all else: only a page load brings them. */
  readonly others: readonly string[];
}

/** `event: assets`: files have changed that the program reads by itself when it is asked for them. */
export interface AssetNews extends AssetChange {
  /** `edition` of a hello that comes after it. */
  readonly edition: number;
}

/** `POST /__gust/open`. Answer: 204, or 4xx with a Failure as JSON. */
export interface OpenRequest {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** `POST /__gust/console`: one, or a list. Answer: 204. */
export interface ConsoleEntry {
  readonly level: "error" | "warn";
  readonly text: string;
  /** Address of the page. */
  readonly page: string;
  /** Where the browser says it comes from: `URL:LINE:COLUMN`; null when it says nothing. */
  readonly place: string | null;
}
