import type { Proxy } from "../../adapters/web/proxy/open-proxy.ts";
import type { Failure } from "../../core/failure.ts";
import type { OpenRequest } from "../../core/page-state.ts";
import type { Engine } from "../../engine/engine.ts";
import type { Presenter } from "../../engine/ports.ts";
import type { Recorder } from "./dashboard/recorder.ts";
import { type Pages, openPages } from "./pages.ts";
import type { Parts } from "./parts.ts";
import type { SessionOptions } from "./session.ts";
import { openWebProxy } from "./web-parts.ts";

/** What gust has for browsers: the pages of the program, air's proxy, and the dashboard. */
export interface Web {
  readonly pages: Pages;
  /** What the dashboard shows of this program; null where there is none. */
  readonly recorder: Recorder | null;
  /** Who is to be told of what happens. */
  readonly told: readonly Partial<Presenter>[];
  /** Asked before the program is told to end: null, or when it may be. */
  settled(): Promise<void> | null;
  close(): Promise<void>;
}

export interface WebMeans {
  readonly parts: () => Parts;
  readonly engine: () => Engine;
  /** Where the modules of the program lie. */
  readonly moduleDirs: () => readonly string[];
}

/** Opens an editor where somebody has clicked in a browser. */
export type OpenPlace = (place: OpenRequest) => Promise<Failure | null>;

/** Failures: PROXY_PORT_TAKEN. */
export async function openWeb(options: SessionOptions, means: WebMeans): Promise<Web | Failure> {
  const { parts } = means;
  const open = openPlace(options, means);
  const recorder = recorderOf(options, means, open);
  const pages = openPages(options, parts, open);
  const proxy: Proxy | Failure | null = await openWebProxy(options, { pages, parts });
  if (proxy !== null && "code" in proxy) return proxy;
  return {
    pages,
    recorder,
    told: [pages, ...(recorder === null ? [] : [recorder]), ...(proxy === null ? [] : [proxy])],
    settled: () => proxy?.settled() ?? null,
    async close() {
      await proxy?.close();
      await pages.close();
    },
  };
}

const openPlace =
  ({ project }: SessionOptions, { parts, moduleDirs }: WebMeans): OpenPlace =>
  async (place) => {
    const { openFromBrowser } = await import("./open-from-browser.ts");
    const { config } = parts();
    const toolchain = project.toolchain ?? null;
    return openFromBrowser(place, { config, moduleDirs: moduleDirs(), toolchain });
  };

function recorderOf(
  { dashboard, project, member, loaded }: SessionOptions,
  { parts, engine }: WebMeans,
  edit: OpenPlace,
): Recorder | null {
  if (dashboard === null || !dashboard.enabled) return null;
  return dashboard.join({
    name: member?.name ?? "",
    main: project.package === "" ? project.name : project.package,
    root: loaded.config.root,
    engine,
    seen: (view) => member?.seen(view) ?? view,
    graph: () => parts().imports(),
    edit,
  });
}
