import { type CommandResult, describeEnd, runCommand } from "../../adapters/go/command.ts";
import {
  notificationWords,
  terminalNotification,
} from "../../adapters/terminal/notification-words.ts";
import type { Config, NotifyWhen } from "../../config/config.ts";
import type { Failure } from "../../core/failure.ts";
import type { Notice } from "../../core/notice.ts";
import type { View } from "../../core/view.ts";
import type { Processes } from "../../engine/processes.ts";
import { desktopCommand } from "./desktop.ts";
import { type HookName, hookFacts, hookFor } from "./hook-facts.ts";
import { openJobQueue } from "./job-queue.ts";

export interface HookOptions {
  readonly processes: Processes;
  readonly platform: NodeJS.Platform;
  /** What the program is called. */
  readonly name: string;
  /** The configuration and the environment of now. */
  readonly now: () => {
    readonly config: Pick<Config, "hooks" | "notify" | "dir" | "root">;
    readonly env: () => Promise<Readonly<Record<string, string>>>;
  };
  readonly warn: (failure: Failure) => void;
  readonly onProcess: (pid: number, alive: boolean) => void;
  /** Writes to the terminal of gust; null where there is none. */
  readonly terminal: ((text: string) => void) | null;
}

/** Calls the user's commands when something has happened; nobody waits for them. */
export interface Hooks {
  notice(notice: Notice, view: View): void;
  /** Ends what runs, with all its children. */
  close(): Promise<void>;
}

export function openHooks(options: HookOptions): Hooks {
  const queue = openJobQueue();
  const failing = new Set<string>();
  /** A command that fails again and again is told of once. */
  const judge = (name: string, failure: Failure | null): void => {
    if (failure === null) failing.delete(name);
    else if (!failing.has(name)) {
      failing.add(name);
      options.warn(failure);
    }
  };
  const enqueue = (name: string, call: Call): void =>
    queue.add(name, async (signal) => judge(name, await run(name, call, options, signal)));
  return {
    notice(notice, view) {
      const hook = hookFor(notice);
      if (hook === null) return;
      const { config } = options.now();
      const facts = hookFacts(notice, view, { name: options.name, root: config.root });
      const argv = commandOf(hook, config.hooks);
      if (argv.length > 0) enqueue(`hooks.${hook}`, { argv, facts });
      const words = notificationWords(notice, { name: options.name, root: config.root });
      if (words === null) return;
      const bad = hook !== "on_live";
      const desktop = isWanted(config.notify.desktop, bad)
        ? desktopCommand(words, bad, options.platform)
        : null;
      if (desktop !== null) enqueue("notify.desktop", { argv: desktop.argv, facts: desktop.env });
      if (isWanted(config.notify.terminal, bad)) {
        options.terminal?.(terminalNotification(words, process.env));
      }
    },
    close: () => queue.close(),
  };
}

interface Call {
  readonly argv: readonly string[];
  readonly facts: Readonly<Record<string, string>>;
}

async function run(
  name: string,
  { argv, facts }: Call,
  options: HookOptions,
  signal: AbortSignal,
): Promise<Failure | null> {
  const { config, env } = options.now();
  const result = await runCommand({
    processes: options.processes,
    argv,
    dir: config.dir,
    env: { ...(await env()), ...facts },
    signal,
    timeoutMs: config.hooks.timeoutMs,
    nice: NICE,
    onProcess: options.onProcess,
  });
  return failureOf(name, result);
}

function failureOf(name: string, result: CommandResult): Failure | null {
  const failure = (message: string, seen: string): Failure => ({
    code: "HOOK_FAILED",
    message: `${name} ${message}`,
    ...(seen.trim() === "" ? {} : { seen: seen.trim() }),
  });
  switch (result.type) {
    case "failed":
      return { ...failure("could not be run", ""), seen: result.failure.message };
    case "timed-out":
      return failure("was ended, because it took longer than hooks.timeout", result.text);
    case "ended":
      return result.code === 0 ? null : failure(`failed: ${describeEnd(result)}`, result.text);
    case "cancelled":
      return null;
  }
}

function commandOf(hook: HookName, hooks: Config["hooks"]): readonly string[] {
  return { on_live: hooks.onLive, on_failure: hooks.onFailure, on_rollback: hooks.onRollback }[
    hook
  ];
}

function isWanted(when: NotifyWhen, bad: boolean): boolean {
  return when === "always" || (when === "failure" && bad);
}

/** The next build goes before. */
const NICE = 10;
