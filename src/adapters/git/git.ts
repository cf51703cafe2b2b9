import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Failure } from "../../core/failure.ts";
import type { Processes } from "../../engine/processes.ts";

/** How to ask git; the output is that of its stdout. */
export interface Git {
  readonly dir: string;
  /** Null for a code other than 0. */
  ask(args: readonly string[]): Promise<string | null>;
}

export interface GitOptions {
  readonly processes: Processes;
  /** Absolute directory in the work tree. */
  readonly dir: string;
  readonly env: Readonly<Record<string, string>>;
}

export function openGit({ processes, dir, env }: GitOptions): Git {
  return {
    dir,
    ask: (args) =>
      new Promise((resolve) => {
        const parts: Uint8Array[] = [];
        let code: number | null = null;
        const child = processes.spawn(
          {
            argv: ["git", ...args],
            dir,
            // A hook has these set to what git itself works on, and no terminal may be asked.
            env: { ...env, GIT_OPTIONAL_LOCKS: "0", GIT_TERMINAL_PROMPT: "0", LC_ALL: "C" },
            stdin: "none",
            terminal: null,
            sockets: false,
            nice: 0,
          },
          {
            started: () => undefined,
            failed: () => resolve(null),
            output: (stream, data) => {
              if (stream === "stdout") parts.push(data);
            },
            listening: () => undefined,
            exited: (ended) => {
              code = ended;
              child.kill();
            },
            gone: () => resolve(code === 0 ? Buffer.concat(parts).toString("utf8") : null),
          },
        );
      }),
  };
}

export interface GitChanges {
  /** Absolute paths of files that differ, with what they held at the revision: null where there was none. */
  readonly earlier: ReadonlyMap<string, string | null>;
  /** The commit that the revision names; before the first commit, a tree without files. */
  readonly commit: string;
  /** Files that are changed or new and in no commit. */
  readonly uncommitted: number;
}

/** What differs between a revision and the files of the work tree, those that git does not know among them. */
export async function changesSince(git: Git, revision: string): Promise<GitChanges | Failure> {
  const top = await git.ask(["rev-parse", "--show-toplevel"]);
  if (top === null) return failure("this is no git work tree", "git init, or leave out --changed");
  const commit = (await commitOf(git, revision)) ?? (await beforeFirst(git, revision));
  if (commit === null) {
    return failure(`git knows no revision ${revision}`, "name a branch, a tag or a commit");
  }
  const root = top.trim();
  const id = commit.trim();
  const diff = await git.ask([
    "diff",
    // What it compares must not depend on the directory, whatever diff.relative says.
    "--no-relative",
    "--no-renames",
    "--no-ext-diff",
    "--name-only",
    "-z",
    id,
    "--",
  ]);
  const others = await git.ask([
    "ls-files",
    "--others",
    "--exclude-standard",
    "--full-name",
    "-z",
    root,
  ]);
  const dirty = await git.ask([
    "diff",
    "--no-relative",
    "--no-renames",
    "--no-ext-diff",
    "--name-only",
    "-z",
    "HEAD",
    "--",
  ]);
  if (diff === null || others === null)
    return failure("git could not compare the files", undefined);
  const names = [...new Set([...split(diff), ...split(others)])];
  const earlier = new Map<string, string | null>();
  for (const name of names) {
    const before = await git.ask(["show", `${id}:${name}`]);
    const path = join(root, name);
    const now = await readFile(path, "utf8").catch(() => null);
    if (before !== now) earlier.set(path, before);
  }
  return { earlier, commit: id, uncommitted: split(dirty ?? "").length + split(others).length };
}

const commitOf = (git: Git, revision: string): Promise<string | null> =>
  git.ask(["rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`]);

/** In a repository without commits everything is new: the tree that has nothing in it. */
async function beforeFirst(git: Git, revision: string): Promise<string | null> {
  if (revision !== "HEAD") return null;
  const branch = await git.ask(["symbolic-ref", "--quiet", "HEAD"]);
  return branch === null ? null : git.ask(["hash-object", "-t", "tree", "--stdin"]);
}

const split = (text: string): readonly string[] => text.split("\0").filter((name) => name !== "");

function failure(message: string, hint: string | undefined): Failure {
  return { code: "GIT_FAILED", message, ...(hint === undefined ? {} : { hint }) };
}
