import type { Failure } from "../core/failure.ts";
import type { Config, Merged } from "./config.ts";

/** What a compiler is told so that a debugger finds every line and every variable. */
const unoptimised = "-gcflags=all=-N -l";

/**
 * A configuration with `debug.enabled`: built for the debugger, and replaced one version after the
 * other. Failure: CONFIG_INVALID where it is not gust that starts the program.
 */
export function forDebugger(
  config: Config,
  { values, origins }: Merged,
): { readonly config: Config; readonly warnings: readonly Failure[] } | Failure {
  const { debug, build, run, start } = config;
  if (!debug.enabled) return { config, warnings: [] };
  if (config.services.length + config.processes.length > 0) {
    return {
      code: "CONFIG_INVALID",
      message:
        "debug.enabled does not go with [[service]] and [[process]]: there is one port for one program",
      hint: "debug one of them alone, with a configuration of its own (-c)",
    };
  }
  if (start.type === "shell" || start.type === "tool") {
    const key = start.type === "shell" ? "build.full_bin" : "build.entrypoint";
    return {
      code: "CONFIG_INVALID",
      message: `debug.enabled does not go with ${key}: what it starts is not a program that gust knows`,
      hint: "leave out one of them; a dlv of your own in full_bin works without --debug",
    };
  }
  values.set("run.swap", "stop-start");
  origins.set("run.swap", { type: "derived", from: "debug.enabled" });
  const foreign: Failure = {
    code: "CONFIG_WITHOUT_EFFECT",
    message: "build.cmd builds, so that variables and lines may be optimised away in the debugger",
    hint: "add -gcflags='all=-N -l' to its `go build`",
  };
  const optimised = build.cmd !== null && !/-N\b/.test(build.cmd);
  return {
    config: {
      ...config,
      run: { ...run, swap: "stop-start" },
      build: { ...build, flags: build.cmd === null ? [...build.flags, unoptimised] : build.flags },
    },
    warnings: optimised ? [foreign] : [],
  };
}
