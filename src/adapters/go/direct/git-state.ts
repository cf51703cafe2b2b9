import type { VcsStamp } from "../../../core/build-plan.ts";
import { runCommand } from "../command.ts";
import type { DirectOptions, Env } from "./options.ts";

/** Whether git still says what the binary tells of it; also false where git cannot be asked. */
export async function sameGitState(
  { processes, dir, timeoutMs, onProcess }: DirectOptions,
  env: Env,
  stamp: VcsStamp,
  signal: AbortSignal,
): Promise<boolean> {
  const result = await runCommand({
    processes,
    argv: ["git", "status", "--porcelain=v2", "--branch"],
    dir,
    // Another git of the user's may want to write the index.
    env: { ...env, GIT_OPTIONAL_LOCKS: "0" },
    signal,
    timeoutMs,
    onProcess,
    keep: "stdout",
  });
  if (result.type !== "ended" || result.code !== 0) return false;
  const lines = result.kept.split("\n").filter((line) => line !== "");
  const revision = lines.find((line) => line.startsWith("# branch.oid "))?.split(" ")[2];
  const modified = lines.some((line) => !line.startsWith("# "));
  return revision === stamp.revision && modified === stamp.modified;
}
