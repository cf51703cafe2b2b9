import type { PlatformPath } from "node:path";
import type { Config, ServiceConfig } from "./config.ts";
import type { FileContent } from "./read.ts";
import { translateRegexp } from "./regexp.ts";
import { tablesOf } from "./rules.ts";
import { processSection, serviceSection } from "./table-services.ts";
import type { Typed } from "./typed.ts";

interface Places {
  /** Where commands run. */
  readonly dir: string;
  readonly root: string;
  readonly path: PlatformPath;
}

/** The services and processes of a file, in its order. */
export function resolveServices(
  rules: FileContent["rules"],
  places: Places,
): Pick<Config, "services" | "processes"> {
  return {
    services: tablesOf(rules, serviceSection).map((values) => ({
      ...memberOf(values, places),
      package: values.string("package").trim(),
      args: values.strings("args"),
    })),
    processes: tablesOf(rules, processSection).map((values) => ({
      ...memberOf(values, places),
      cmd: values.optional("cmd") ?? "",
      restart: values.oneOf("restart", ["never", "on-crash", "always"]),
      restartDelayMs: values.number("restart_delay"),
    })),
  };
}

function memberOf(
  values: Typed,
  { dir, root, path }: Places,
): Omit<ServiceConfig, "package" | "args"> {
  const own = values.string("dir").trim();
  const health = values.string("health").trim();
  const log = values.string("ready_log");
  const pattern = translateRegexp(log, false);
  return {
    name: values.string("name"),
    dir: own === "" ? dir : path.resolve(root, own),
    env: Object.fromEntries(values.strings("env").map(pairOf)),
    envFiles: values.strings("env_files").map((file) => path.resolve(root, file)),
    port: values.number("port"),
    health: health === "" ? null : health.replace(/^(?!\/)/, "/"),
    readyLog: log !== "" && pattern.ok ? pattern.source : null,
    dependsOn: values.strings("depends_on"),
  };
}

function pairOf(word: string): readonly [string, string] {
  const at = word.indexOf("=");
  return [word.slice(0, at), word.slice(at + 1)];
}
