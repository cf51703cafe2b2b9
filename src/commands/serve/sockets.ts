import type { ServiceSockets } from "../../adapters/process/keeper-processes.ts";
import type { Failure } from "../../core/failure.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** The first descriptor that a service manager passes on (SD_LISTEN_FDS_START). */
const firstInherited = 3;

/**
 * The listening sockets for the program: those that gust itself was given (sd_listen_fds(3)), then
 * those of `--listen`. Null where there are none.
 */
export function socketsFor(
  env: Env,
  pid: number,
  listen: readonly string[],
): ServiceSockets | Failure | null {
  const bad = listen.find((one) => /:.*=|^=|=$/.test(one) && !one.includes("unix:"));
  if (bad !== undefined || listen.includes("")) {
    const message = `--listen ${bad ?? '""'} is no address`;
    const hint = "such as :8080, 127.0.0.1:8080, unix:/run/app.sock or name=:8080";
    return { code: "FLAG_INVALID", message, hint };
  }
  const count = inheritedCount(env, pid);
  if (count === 0 && listen.length === 0) return null;
  const names = (env["LISTEN_FDNAMES"] ?? "").split(":");
  return {
    inherited: Array.from({ length: count }, (_, index) => firstInherited + index),
    names: Array.from({ length: count }, (_, index) => names[index] || "unknown"),
    listen,
  };
}

/** What is meant for another process, as LISTEN_PID tells, is not ours. */
function inheritedCount(env: Env, pid: number): number {
  if (env["LISTEN_PID"] !== String(pid)) return 0;
  const count = Number(env["LISTEN_FDS"]);
  return Number.isInteger(count) && count > 0 ? count : 0;
}

/** What a service manager tells to gust is not for the program, which is told the same by gust. */
export function withoutManager(env: Env): Env {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !managers.has(name)));
}

const managers: ReadonlySet<string> = new Set([
  "LISTEN_FDS",
  "LISTEN_PID",
  "LISTEN_PIDFDID",
  "LISTEN_FDNAMES",
  "NOTIFY_SOCKET",
  "WATCHDOG_USEC",
  "WATCHDOG_PID",
  "MAINPID",
  "MANAGERPID",
]);
