import type { VcsStamp } from "../../../core/build-plan.ts";
import { runCommand } from "../command.ts";
import type { DirectOptions, Env } from "./options.ts";

export interface GitQuery {
  readonly options: DirectOptions;
  readonly env: Env;
  readonly signal: AbortSignal;
}

/** Whether git still says what the binary tells of it; also false where git cannot be asked. */
export async function sameGitState(
  query: GitQuery,
  stamp: VcsStamp,
  tags: string | null,
): Promise<boolean> {
  const [status, now] = await Promise.all([
    git(query, ["status", "--porcelain=v2", "--branch"]),
    gitTags(query),
  ]);
  if (status === null || now === null || now !== tags) return false;
  const lines = status.split("\n").filter((line) => line !== "");
  const revision = lines.find((line) => line.startsWith("# branch.oid "))?.split(" ")[2];
  const modified = lines.some((line) => !line.startsWith("# "));
  return revision === stamp.revision && modified === stamp.modified;
}

/** All tags with what they name: the version of the main module comes from them. */
export const gitTags = (query: GitQuery): Promise<string | null> =>
  git(query, ["for-each-ref", "--format=%(objectname) %(refname)", "refs/tags"]);

async function git(
  { options, env, signal }: GitQuery,
  args: readonly string[],
): Promise<string | null> {
  const { processes, dir, timeoutMs, onProcess } = options;
  const result = await runCommand({
    processes,
    argv: ["git", ...args],
    dir,
    // Another git of the user's may want to write the index.
    env: { ...env, GIT_OPTIONAL_LOCKS: "0" },
    signal,
    timeoutMs,
    onProcess,
    keep: "stdout",
  });
  return result.type === "ended" && result.code === 0 ? result.kept : null;
}
