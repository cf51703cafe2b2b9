import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** The top of the git work tree that holds this directory, or null. */
export function findGitRoot(dir: string): string | null {
  for (let one = dir; ; one = dirname(one)) {
    if (existsSync(join(one, ".git"))) return one;
    if (dirname(one) === one) return null;
  }
}

/** Where git keeps a user's own patterns when its configuration does not name another file. */
export function globalExcludes(
  env: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  const config =
    env["XDG_CONFIG_HOME"] ?? (env["HOME"] === undefined ? null : join(env["HOME"], ".config"));
  return config === null ? [] : [join(config, "git", "ignore")];
}
