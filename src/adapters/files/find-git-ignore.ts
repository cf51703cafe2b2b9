import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { type GitIgnore, openGitIgnore } from "./git-ignore.ts";

export interface GitEnvironment {
  /** Home directory, absolute. */
  readonly home: string;
  /** `XDG_CONFIG_HOME`, if it is set. */
  readonly configHome: string | null;
}

/** What git leaves out around a directory; null outside of a work tree. */
export function findGitIgnore(dir: string, environment: GitEnvironment): GitIgnore | null {
  const root = findGitRoot(dir);
  if (root === null) return null;
  const excludesFiles = [join(gitDirOf(root), "info", "exclude"), globalExcludes(environment)];
  return openGitIgnore({ root, excludesFiles });
}

/** The top directory of the work tree that holds a directory, or null. */
export function findGitRoot(dir: string): string | null {
  for (let at = resolve(dir); ; at = dirname(at)) {
    if (existsSync(join(at, ".git"))) return at;
    if (at === dirname(at)) return null;
  }
}

/** The directory of the repository, which worktrees and submodules share or have elsewhere. */
function gitDirOf(root: string): string {
  const path = join(root, ".git");
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return path;
  const link = /^gitdir: (.+)$/m.exec(readText(path))?.[1];
  if (link === undefined) return path;
  const own = resolve(root, link.trim());
  const common = readText(join(own, "commondir")).trim();
  return common === "" ? own : resolve(own, common);
}

/** `core.excludesFile` of the user's own configuration, or git's default for it. */
function globalExcludes({ home, configHome }: GitEnvironment): string {
  const config = configHome ?? join(home, ".config");
  const files = [join(home, ".gitconfig"), join(config, "git", "config")];
  for (const file of files) {
    const value = /^\s*excludesfile\s*=\s*"?([^"\n]+?)"?\s*$/im.exec(readText(file))?.[1];
    if (value !== undefined) return value.replace(/^~(?=\/)/, home);
  }
  return join(config, "git", "ignore");
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // Most users have only one of these files, or none; then git's defaults hold.
    return "";
  }
}
