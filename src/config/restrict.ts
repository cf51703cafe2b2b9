import type { Failure } from "../core/failure.ts";
import type { Config, Merged, Value } from "./config.ts";

/**
 * Takes out of a configuration what exists in dev only. What was asked for all the same is said:
 * CONFIG_WITHOUT_EFFECT.
 */
export function restrict(
  config: Config,
  { values, origins }: Merged,
  production: boolean,
): { readonly config: Config; readonly warnings: readonly Failure[] } {
  const { environment: name, run, build } = config;
  // A ready program is nobody's source: what is in it has been decided when it was built.
  const plain = { ...config, debug: { ...config.debug, enabled: false }, ...withoutPages(config) };
  if (production) return { config: plain, warnings: [] };
  if (name === "dev") return { config, warnings: [] };
  const asked = (key: string): boolean => origins.get(key)?.type !== "default";
  const warnings: Failure[] = [];
  const say = (message: string, hint: string): void =>
    void warnings.push({ code: "CONFIG_WITHOUT_EFFECT", message, hint });
  if (asked("run.swap") && run.swap !== "stop-start") {
    say(
      `run.swap = "${run.swap}" has no effect in ${name}: gust's files are in the program in dev only`,
      "build it with `gust build` and run it with `gust serve` to have it swapped without a gap",
    );
  }
  if (build.stopOnError) {
    say(
      `build.stop_on_error has no effect in ${name}: nothing stops there by itself`,
      "what serves is replaced when you ask for it",
    );
  }
  if (config.debug.enabled) {
    say(
      `debug.enabled has no effect in ${name}: programs are debugged in dev only`,
      "say --env dev where this is a machine of yours",
    );
  }
  for (const key of ["browser.enabled", "proxy.enabled", "ui.enabled"] as const) {
    if (!asked(key) || values.get(key) !== true) continue;
    say(
      `${key} has no effect in ${name}: what gust has for browsers exists in dev only`,
      "say --env dev where this is a machine of yours",
    );
  }
  const set = (key: string, value: Value): void => {
    values.set(key, value);
    origins.set(key, { type: "environment-default", environment: name });
  };
  set("run.swap", "stop-start");
  set("debug.enabled", false);
  set("run.build_header", false);
  set("build.stop_on_error", false);
  set("browser.enabled", false);
  set("proxy.enabled", false);
  set("ui.enabled", false);
  return {
    config: {
      ...plain,
      run: { ...run, swap: "stop-start", buildHeader: false },
      build: { ...build, stopOnError: false },
      ...withoutPages(config),
    },
    warnings,
  };
}

const withoutPages = ({
  browser,
  proxy,
  ui,
}: Config): Pick<Config, "browser" | "proxy" | "ui"> => ({
  browser: { ...browser, enabled: false },
  proxy: { ...proxy, enabled: false },
  ui: { ...ui, enabled: false },
});
