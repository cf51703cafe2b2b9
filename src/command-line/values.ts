import type { ConfigArguments } from "../commands/io.ts";
import { noFlags } from "../config/config.ts";
import type { Call } from "./definition.ts";

/** What a command that reads the configuration is told of it. */
export function configArguments({ options, flags }: Call): ConfigArguments {
  const file = text(options["config"]);
  const dir = text(options["root"]);
  const name = text(options["env"]);
  const given = flags ?? noFlags;
  const values = new Map(given.values);
  if (options["debug"] === true) values.set("debug.enabled", true);
  return {
    flags: { ...given, values },
    ...(file === null ? {} : { configFile: file }),
    ...(dir === null ? {} : { root: dir }),
    ...(name === null ? {} : { environment: name }),
  };
}

export const list = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];

export const text = (value: unknown): string | null => (typeof value === "string" ? value : null);

/** As commander has checked it. */
export function colorOf(value: unknown): "auto" | "always" | "never" | null {
  return value === "auto" || value === "always" || value === "never" ? value : null;
}
