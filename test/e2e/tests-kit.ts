import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { runGust } from "./gust.ts";
import type { Project } from "./project.ts";

export interface Once {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export async function once(project: Project, ...args: readonly string[]): Promise<Once> {
  const gust = await runGust(project, { command: "test", args, json: false });
  assert.deepEqual([...gust.processes().values()], [], "processes are left");
  return { code: gust.code, stdout: gust.stdout, stderr: gust.stderr };
}

/** Package and name of all that would run. */
export async function listed(
  project: Project,
  ...args: readonly string[]
): Promise<readonly string[]> {
  const { code, stdout, stderr } = await once(project, "--list", ...args);
  assert.equal(code, 0, stderr);
  return stdout.split("\n").filter((line) => line !== "");
}

export function git(project: Project, ...args: readonly string[]): string {
  return execFileSync("git", args, {
    cwd: project.root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...who },
  });
}

export const who = {
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_SYSTEM: "/dev/null",
  GIT_AUTHOR_NAME: "a",
  GIT_AUTHOR_EMAIL: "a@example.org",
  GIT_COMMITTER_NAME: "a",
  GIT_COMMITTER_EMAIL: "a@example.org",
};

export function commit(project: Project): void {
  if (!existsSync(project.path(".git"))) git(project, "init", "-q", "-b", "main");
  git(project, "add", "-A");
  git(project, "commit", "-q", "-m", "a state");
}
