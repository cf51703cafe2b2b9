import { buildFailure } from "../../core/build-failure.ts";
import type { Failure } from "../../core/failure.ts";
import type { BuilderOptions } from "./builder.ts";
import { type CommandResult, describeEnd } from "./command.ts";
import { commandNotFound } from "./shell.ts";

export function preCommandFailure(
  options: BuilderOptions,
  line: string,
  result: CommandResult,
): Failure {
  const how =
    result.type === "ended" ? describeEnd(result) : `no end within ${options.timeoutMs} ms`;
  const seen = "text" in result ? result.text.trim() : "";
  const started = result.type !== "failed";
  return {
    code: "PRE_COMMAND_FAILED",
    message: `pre_cmd failed (${started ? how : result.failure.message}): ${line}`,
    ...(seen === "" ? {} : { seen }),
    hint: options.stopOnError
      ? "correct the command, or set `build.stop_on_error = false` to build all the same"
      : "the build goes on; `build.stop_on_error = true` would end it here",
  };
}

export function buildCommandFailure(options: BuilderOptions, result: CommandResult): Failure {
  const command = options.cmd ?? "go build";
  if (result.type === "failed") return result.failure;
  if (result.type === "timed-out") {
    return {
      code: "BUILD_TIMEOUT",
      message: `the build took longer than ${options.timeoutMs / 1000} s and was ended: ${command}`,
      seen: result.text.trim(),
      hint: "allow it more time with `build.timeout`",
    };
  }
  if (result.type === "cancelled") {
    return { code: "BUILD_FAILED", message: `the build was cancelled: ${command}` };
  }
  const absent = options.cmd === null ? null : commandNotFound(result.text, result);
  if (absent !== null) return absent;
  return buildFailure(result.text, {
    dir: options.outputDir ?? options.dir,
    ownDirs: options.ownDirs(),
    modulePath: options.modulePath,
    subject: options.cmd === null ? "the build" : `\`${options.cmd}\``,
    end: describeEnd(result),
  });
}
