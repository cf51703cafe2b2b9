import type { Config, Loaded, ProcessConfig, ServiceConfig } from "../../../config/config.ts";
import type { Failure } from "../../../core/failure.ts";
import { type Member, nameOf } from "./plan.ts";
import { isWithin } from "../../paths.ts";

/** What of the configuration is this member's, as if it were the only one. */
export function shareOf(loaded: Loaded, member: Member): Loaded | Failure {
  const { services, processes } = loaded.config;
  const name = nameOf(member);
  const now = [...services, ...processes].find((one) => one.name === name);
  // A program without a [[service]] of its own stays what it is.
  if (now === undefined && implicit(member, loaded)) return alone(loaded);
  if (now === undefined) {
    return {
      code: "CONFIG_INVALID",
      message: `${name} is no more in the configuration`,
      hint: "it stays as it is until gust is started again",
    };
  }
  const kept = atStart(member);
  return {
    ...loaded,
    config:
      "cmd" in now
        ? commandConfig(loaded, { ...now, ...kept })
        : buildConfig(loaded, { ...now, ...kept }),
  };
}

/** What stays as it was when gust was started: a change of it is no change of the program. */
const atStart = (member: Member): Partial<Pick<ServiceConfig, "dependsOn" | "dir">> =>
  member.type === "process"
    ? { dependsOn: member.process.dependsOn }
    : { dependsOn: member.service.dependsOn, dir: member.service.dir };

const alone = (loaded: Loaded): Loaded => ({
  ...loaded,
  config: { ...loaded.config, processes: [] },
});

const implicit = (member: Member, { config }: Loaded): boolean =>
  member.type === "service" && config.services.length === 0;

/** Variables that only the program gets. */
export function variablesOf({ services, processes }: Config): Readonly<Record<string, string>> {
  const [member] = [...services, ...processes];
  if (member === undefined) return {};
  const { port, env } = member;
  return { ...(port === 0 ? {} : { PORT: String(port) }), ...env };
}

function buildConfig({ config }: Loaded, service: ServiceConfig): Config {
  return {
    ...common(config, service),
    services: [service],
    package: service.package,
    args: service.args,
    start: { type: "built" },
    build: { ...config.build, cmd: null, goBuild: null, name: null },
  };
}

function commandConfig({ config }: Loaded, process: ProcessConfig): Config {
  const { restart, restartDelayMs, port, readyLog, health } = process;
  const own = common(config, process);
  return {
    ...own,
    processes: [process],
    // What is said of the services' readiness is not about commands.
    ready: { ...own.ready, ports: port === 0 ? [] : [port], log: readyLog },
    health: { ...own.health, path: health },
    package: "",
    args: [],
    start: { type: "shell", command: process.cmd },
    rules: [],
    build: { ...config.build, cmd: null, goBuild: null, preCmd: [], includeExt: [], staticExt: [] },
    run: { ...config.run, swap: "stop-start", restart, restartDelayMs },
  };
}

function common(config: Config, member: ServiceConfig | ProcessConfig): Config {
  const { dir, port, health, readyLog, envFiles } = member;
  return {
    ...config,
    // What changes for the others is no change for this one.
    services: [],
    processes: [],
    dir,
    envFiles: [...config.envFiles, ...envFiles],
    ready: {
      ...config.ready,
      ports: port === 0 ? config.ready.ports : [port],
      log: readyLog ?? config.ready.log,
    },
    health: { ...config.health, path: health ?? config.health.path },
  };
}

/**
 * Directories of other services whose templates and the like are theirs alone. A directory that holds
 * this one's is everybody's.
 */
export function foreignDirs(own: string, others: readonly string[]): readonly string[] {
  return [...new Set(others)].filter((dir) => !isWithin(own, dir));
}
