import { chmod, lstat, mkdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { definedOf } from "../adapters/env/env-files.ts";
import { type Git, openGit } from "../adapters/git/git.ts";
import { openNodeProcesses } from "../adapters/process/node-processes.ts";
import type { Failure } from "../core/failure.ts";
import {
  type HookName,
  type HookPlace,
  hookNames,
  withHook,
  withoutHook,
} from "../core/hook-text.ts";
import { type CommandIo, failureText } from "./io.ts";
import { newRunId } from "./run/project.ts";

export interface HookArguments {
  readonly action: string;
  /** `--root DIR`. */
  readonly root: string | null;
}

/**
 * `gust hooks install|remove`: hooks of git that run the affected tests. A hook of somebody else's is
 * never touched. Exit codes: 0 done, 1 not done, 2 wrong use.
 */
export async function runHooks(args: HookArguments, io: CommandIo): Promise<number> {
  const { action } = args;
  if (action !== "install" && action !== "remove") {
    const message = `gust hooks has no ${JSON.stringify(action)}`;
    return refuse({ code: "FLAG_INVALID", message, hint: "gust hooks install, or remove" }, io, 2);
  }
  const dir = await realpath(resolve(io.cwd, args.root ?? "")).catch(() => io.cwd);
  const processes = openNodeProcesses({ runId: newRunId(), graceMs: 2000, reason: null });
  try {
    const place = await findHooks(openGit({ processes, dir, env: definedOf(io.env) }));
    if ("code" in place) return refuse(place, io, 2);
    const command = [process.execPath, resolve(process.argv[1] ?? "gust")];
    const within = relative(place.top, dir).replaceAll("\\", "/");
    return action === "install"
      ? await install(place, { command, dir: within }, io)
      : await remove(place, io);
  } catch (error) {
    const seen = error instanceof Error ? error.message : String(error);
    return refuse({ code: "IO_FAILED", message: "the hooks cannot be written", seen }, io, 1);
  } finally {
    await processes.close();
  }
}

interface Hooks {
  /** Top of the work tree, absolute. */
  readonly top: string;
  /** Directory of the hooks, absolute: one for all work trees of the repository. */
  readonly dir: string;
  /** Where hooks of another tool are; null where git's own directory is used. */
  readonly foreign: string | null;
}

async function findHooks(git: Git): Promise<Hooks | Failure> {
  const top = await git.ask(["rev-parse", "--show-toplevel"]);
  const dir = await git.ask(["rev-parse", "--git-path", "hooks"]);
  if (top === null || dir === null) {
    return { code: "GIT_FAILED", message: `${git.dir} is in no git work tree`, hint: "git init" };
  }
  const path = await git.ask(["config", "--get", "core.hooksPath"]);
  // An empty one is set as well: git then takes no hooks from its own directory.
  const foreign = path === null ? null : path.trim();
  return { top: await realpath(top.trim()), dir: resolve(git.dir, dir.trim()), foreign };
}

async function install(hooks: Hooks, place: HookPlace, io: CommandIo): Promise<number> {
  if (hooks.foreign !== null) return refuse(hooksPathFailure(hooks.foreign), io, 1);
  const texts = new Map<HookName, string>();
  // All of them or none: half of it would be hard to understand.
  for (const name of hookNames) {
    const file = join(hooks.dir, name);
    const text = (await isLink(file)) ? null : withHook(name, await read(file), place);
    if (text === null) return refuse(foreignFailure(file, name), io, 1);
    texts.set(name, text);
  }
  await mkdir(hooks.dir, { recursive: true });
  for (const [name, text] of texts) {
    const file = join(hooks.dir, name);
    await writeFile(file, text, { mode: 0o755 });
    await chmod(file, 0o755);
    io.stdout(`wrote ${file}\n`);
  }
  io.stdout(
    "after a checkout, and before a push, the tests run that the difference may have broken\n",
  );
  return 0;
}

async function remove(hooks: Hooks, io: CommandIo): Promise<number> {
  let found = 0;
  for (const name of hookNames) {
    const file = join(hooks.dir, name);
    const before = await read(file);
    const after = before === null ? null : withoutHook(before);
    if (after === null) continue;
    found += 1;
    if (after === "") await rm(file, { force: true });
    else await writeFile(file, after);
    io.stdout(after === "" ? `removed ${file}\n` : `took gust out of ${file}\n`);
  }
  if (found === 0) io.stdout(`there is no hook of gust in ${hooks.dir}\n`);
  return 0;
}

async function read(file: string): Promise<string | null> {
  return readFile(file, "utf8").catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  });
}

/** Whoever has linked a hook to another place keeps it there. */
async function isLink(file: string): Promise<boolean> {
  const info = await lstat(file).catch(() => null);
  return info?.isSymbolicLink() === true;
}

const lines: Readonly<Record<HookName, string>> = {
  "post-checkout": '[ "$3" = 0 ] || gust test --changed="$1"',
  "pre-push": "gust test --changed=@{push}",
};

function foreignFailure(file: string, name: HookName): Failure {
  return {
    code: "HOOK_FOREIGN",
    message: `${file} is not gust's, and stays as it is; nothing was written`,
    hint: `add this line to it yourself: ${lines[name]}`,
  };
}

function hooksPathFailure(path: string): Failure {
  if (path === "") {
    return {
      code: "HOOK_FOREIGN",
      message: "core.hooksPath is set and empty: git runs no hooks here; nothing was written",
      hint: "git config --unset core.hooksPath",
    };
  }
  return {
    code: "HOOK_FOREIGN",
    message: `core.hooksPath is ${path}: another tool keeps the hooks there; nothing was written`,
    hint: `let that tool run \`${lines["pre-push"]}\` before a push`,
  };
}

function refuse(failure: Failure, io: CommandIo, code: number): number {
  io.stderr(failureText("error", failure));
  return code;
}
