import type { Proxy } from "../../adapters/web/proxy/open-proxy.ts";
import type { Failure } from "../../core/failure.ts";
import type { Pages } from "./pages.ts";
import type { Parts } from "./parts.ts";
import type { SessionOptions } from "./session.ts";
import { readSource } from "./sources.ts";

/**
 * Opens air's `[proxy]` where it is configured, and says where it is; null where it is not. It stays as
 * it is until gust ends. Failure: PROXY_PORT_TAKEN.
 */
export async function openWebProxy(
  options: SessionOptions,
  { pages, parts }: { readonly pages: Pages; readonly parts: () => Parts },
): Promise<Proxy | Failure | null> {
  const { ui, loaded, member, processes } = options;
  const { proxy: asked, browser, root } = loaded.config;
  if (!asked.enabled || member !== null) return null;
  const [{ openProxy }, { mostClients }] = await Promise.all([
    import("../../adapters/web/proxy/open-proxy.ts"),
    import("../../adapters/web/proxy/most-clients.ts"),
  ]);
  const { host, proxyPort: port, appPort, appStartTimeoutMs: startTimeoutMs } = asked;
  const proxy = await openProxy({
    host,
    port,
    appPort,
    startTimeoutMs,
    root,
    readSource,
    injects: browser.enabled,
    // As the program knows it: gust's files there take it from GUST_RUN.
    run: options.runId.slice(0, 8),
    mostClients: mostClients(),
    guard: () => parts().config.browser,
    desk: (request, response, peer) => pages.answer(request, response, peer),
  });
  if ("code" in proxy) {
    const owner = proxy.seen === undefined ? await processes.portOwner(port) : null;
    if (owner === null) return proxy;
    return { ...proxy, message: `${proxy.message} by ${owner.name} (pid ${owner.pid})` };
  }
  const program = appPort === 0 ? "the program" : `the program at port ${appPort}`;
  ui.person?.presenter.say("main", `proxy at ${proxy.url}, before ${program}`);
  ui.json?.proxy(proxy.url, appPort === 0 ? null : appPort);
  return proxy;
}
