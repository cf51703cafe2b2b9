import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { basename, join, sep } from "node:path";
import type { PageDesk } from "../../adapters/web/reload/desk.ts";
import type { Failure } from "../../core/failure.ts";
import type { Notice } from "../../core/notice.ts";
import { shownFailure } from "../../core/shown-failure.ts";
import type { View } from "../../core/view.ts";
import type { Parts } from "./parts.ts";
import type { SessionOptions } from "./session.ts";
import type { OpenPlace } from "./web.ts";
import { readSource } from "./sources.ts";

/** What gust has for the pages of the program. */
export interface Pages {
  notice(notice: Notice, view: View): void;
  view(view: View): void;
  /** Answers a request that has come to a proxy before the program; false: it is none of the desk's. */
  answer(request: IncomingMessage, response: ServerResponse, peer: string): Promise<boolean>;
  /** Where the program finds gust, told to each process that it starts; null where pages are not wanted. */
  socket(): string | null;
  close(): Promise<void>;
}

/**
 * The desk that answers pages is opened with the first notice, when a build runs anyway, so that it
 * costs nothing before.
 */
export function openPages(
  options: SessionOptions,
  parts: () => Parts,
  openPlace: OpenPlace,
): Pages {
  const { ui, store, runtimeDir } = options;
  const path = join(runtimeDir, `${basename(store.dir)}.page`);
  let opening: Promise<PageDesk | null> | null = null;
  let desk: PageDesk | null = null;
  const early: ((desk: PageDesk) => void)[] = [];
  const wanted = (): boolean =>
    (onLinux || options.loaded.config.proxy.enabled) &&
    parts().config.browser.enabled &&
    !options.service;
  const tell = (what: (desk: PageDesk) => void): void => {
    if (desk !== null) return what(desk);
    early.push(what);
    if (early.length > MOST_EARLY) early.shift();
  };
  const open = async (): Promise<PageDesk | null> => {
    const opened = await openDesk(options, { parts, openPlace, path });
    if ("code" in opened) {
      ui.face.failure("browser", opened);
      return null;
    }
    desk = opened;
    for (const one of early.splice(0)) one(opened);
    return opened;
  };
  return {
    notice(notice, view) {
      if (!wanted()) return;
      opening ??= open();
      tell((one) => one.notice(notice, view));
    },
    view: (view) => tell((one) => one.view(view)),
    async answer(request, response, peer) {
      if (!wanted()) return false;
      opening ??= open();
      return (await opening)?.answer(request, response, peer) ?? false;
    },
    socket: () => (wanted() && onLinux ? path : null),
    close: async () => (await opening)?.close(),
  };
}

/** Of what was said before there is a desk, the last words count. */
const MOST_EARLY = 20;

/** Where gust's files in the program ask it. */
const onLinux = process.platform === "linux";

interface DeskParts {
  readonly parts: () => Parts;
  readonly openPlace: OpenPlace;
  readonly path: string;
}

async function openDesk(
  { args, runId, ui, loaded }: SessionOptions,
  { parts, openPlace, path }: DeskParts,
): Promise<PageDesk | Failure> {
  const { openPageDesk } = await import("../../adapters/web/reload/desk.ts");
  const { root } = loaded.config;
  return openPageDesk({
    path: onLinux ? path : null,
    filesDir: join(args.packageDir, "dist", "browser"),
    run: runId,
    token: randomBytes(24).toString("base64url"),
    settings: () => parts().config.browser,
    root,
    show: (failure) => shownFailure(failure, { root, separator: sep, readSource }),
    open: openPlace,
    console: (entry) => ui.face.console(entry),
  });
}
