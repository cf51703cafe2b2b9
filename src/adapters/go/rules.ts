import type { RuleOutcome } from "../../core/event.ts";
import type { Failure } from "../../core/failure.ts";
import { parseBuildOutput } from "../../core/go-output.ts";
import type { RuleRunner } from "../../engine/ports.ts";
import type { Processes, TerminalSpec } from "../../engine/processes.ts";
import { describeEnd, runCommand } from "./command.ts";
import type { CommandResult, OutputSink } from "./command.ts";
import { commandNotFound, shellCommand } from "./shell.ts";

export interface RuleOptions {
  readonly processes: Processes;
  readonly platform: NodeJS.Platform;
  /** Absolute working directory of every rule. */
  readonly dir: string;
  readonly env: () => Promise<Readonly<Record<string, string>>>;
  readonly rules: readonly Rule[];
  /** Directories of the user's own code. */
  readonly ownDirs: () => readonly string[];
  /** Gets the output of the commands as it comes. */
  readonly output: OutputSink;
  readonly terminal?: () => TerminalSpec | null;
  readonly onProcess?: (pid: number, alive: boolean) => void;
}

export interface Rule {
  readonly name: string;
  /** Shell line. */
  readonly cmd: string;
  readonly timeoutMs: number;
}

/** Runs the commands of `[[rule]]`s, one at a time as told. */
export function openRuleRunner(options: RuleOptions): RuleRunner {
  return { run: (rule, signal) => runRule(options, rule, signal) };
}

async function runRule(
  options: RuleOptions,
  index: number,
  signal: AbortSignal,
): Promise<RuleOutcome> {
  const rule = options.rules[index];
  if (rule === undefined) {
    const failure: Failure = { code: "RULE_FAILED", message: `there is no rule number ${index}` };
    return { type: "failed", failure };
  }
  const from = performance.now();
  let result: CommandResult;
  try {
    result = await runCommand({
      processes: options.processes,
      argv: shellCommand(rule.cmd, options.platform),
      dir: options.dir,
      env: await options.env(),
      signal,
      timeoutMs: rule.timeoutMs,
      terminal: options.terminal?.() ?? null,
      output: options.output,
      onProcess: options.onProcess,
    });
  } catch (error) {
    const seen = error instanceof Error ? error.message : String(error);
    const message = `the rule ${rule.name} could not be run`;
    return { type: "failed", failure: { code: "RULE_FAILED", message, seen } };
  }
  if (signal.aborted || result.type === "cancelled") return { type: "cancelled" };
  if (result.type === "ended" && result.code === 0) {
    return { type: "done", durationMs: performance.now() - from };
  }
  return { type: "failed", failure: ruleFailure(options, rule, result) };
}

function ruleFailure(options: RuleOptions, rule: Rule, result: CommandResult): Failure {
  if (result.type === "failed") {
    return { ...result.failure, code: "RULE_FAILED" };
  }
  const text = "text" in result ? result.text : "";
  if (result.type === "timed-out") {
    return {
      code: "RULE_FAILED",
      message: `the rule ${rule.name} took longer than ${rule.timeoutMs / 1000} s and was ended`,
      seen: tail(text),
      hint: "allow it more time with the rule's `timeout`",
    };
  }
  const absent = result.type === "ended" ? commandNotFound(text, result) : null;
  const diagnostics = parseBuildOutput(text, { dir: options.dir, ownDirs: options.ownDirs() });
  return {
    code: "RULE_FAILED",
    message: `the rule ${rule.name} failed (${
      absent?.message ?? (result.type === "ended" ? describeEnd(result) : "cancelled")
    }): ${rule.cmd}`,
    ...(text.trim() === "" ? {} : { seen: tail(text) }),
    ...(absent?.hint === undefined ? {} : { hint: absent.hint }),
    ...(diagnostics.length === 0 ? {} : { diagnostics }),
  };
}

function tail(text: string): string {
  return text.trim().split("\n").slice(-40).join("\n");
}
