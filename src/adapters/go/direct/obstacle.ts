import type { BuilderOptions } from "../builder.ts";
import { goflagEntries } from "../linker-flags.ts";

/** Why the go command has to look at everything each time; null: it need not. */
export function obstacleOf(options: BuilderOptions): string | null {
  const { cmd, target, preCmd, direct, flags, goflags } = options;
  if (!direct) return "build.direct is false";
  if (cmd !== null || target.type !== "built") return "the build command is your own";
  if (preCmd.length > 0) return "pre_cmd may write sources";
  const all = [...flags, ...goflagEntries(goflags)];
  const unfit = all.find((flag) => unfitFlag.test(flag) || flag.includes("$WORK"));
  return unfit === undefined ? null : `the build has the flag ${unfit}`;
}

/** The go command tells what it does, or the build reads files that nobody watches. */
const unfitFlag = /^--?(?:v|x|n|work|modfile|overlay|toolexec|debug-\w+)(?:=|$)/;
