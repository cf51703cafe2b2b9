import type { Failure } from "../core/failure.ts";
import type { Config } from "./config.ts";

/** The proxy cannot be where another one is to be. Null: it is not. */
export function badProxyPorts({ proxy, debug, ui }: Config): Failure | null {
  const { enabled, proxyPort: port, appPort } = proxy;
  if (!enabled || port === 0) return null;
  const others = [
    ...(appPort === port ? ["proxy.app_port"] : []),
    ...(debug.enabled && debug.port === port ? ["debug.port"] : []),
    ...(ui.enabled && ui.port === port ? ["ui.port"] : []),
  ];
  const [other] = others;
  if (other === undefined) return null;
  return {
    code: "CONFIG_INVALID",
    message: `proxy.proxy_port and ${other} are both ${port}`,
    hint:
      other === "proxy.app_port"
        ? "proxy_port is where the browser goes, app_port where the program listens: give them different ports"
        : "give each a port of its own, or proxy_port = 0 for one that is free",
  };
}
