import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type CommandResult, runCommand } from "../command.ts";
import { type CompileJob, inWork, objectOf } from "./compile.ts";

/** Links the program; the linker writes it to `output`. */
export async function linkProgram(
  job: CompileJob,
  { output, identity }: LinkOrder,
): Promise<CommandResult> {
  const { options, loaded, signal } = job;
  const { link, dir } = loaded.plan;
  const { processes, timeoutMs, onProcess, work } = options;
  const place = join(work, "link");
  const config = join(place, "importcfg");
  await mkdir(place, { recursive: true });
  const lines = link.packages.map((path) => `packagefile ${path}=${objectOf(job, path)}\n`);
  await writeFile(config, [...lines, ...link.importcfg.map((line) => `${line}\n`)].join(""));
  const values = new Map([
    ["-o", output],
    ["-importcfg", config],
  ]);
  const argv: string[] = [];
  for (const arg of link.command.argv.slice(0, -1)) {
    const value = values.get(argv.at(-1) ?? "");
    argv.push(value ?? withIdentity(inWork(arg, work), identity));
  }
  argv.push(objectOf(job, link.main));
  // Where the linker is killed, what it leaves behind goes away with the rest.
  const own = { TOOLEXEC_IMPORTPATH: link.main, TMPDIR: place };
  const env = { ...loaded.env, ...link.command.env, ...own };
  return runCommand({ processes, argv, dir, env, signal, timeoutMs, onProcess });
}

export interface LinkOrder {
  readonly output: string;
  /** From `identityOfProgram`. */
  readonly identity: string;
}

/**
 * What takes the place of the content in the build ID. The go command hashes the binary for it; what
 * the binary is made from tells as much, and is known before.
 */
export function identityOfProgram({ known, loaded }: CompileJob): string {
  const hash = createHash("sha256").update(loaded.key);
  const paths = [...known.keys()].toSorted();
  for (const path of paths) hash.update(`${path} ${known.get(path)?.digest ?? ""}\n`);
  // As long as the go command's own: 15 bytes.
  return hash.digest().subarray(0, 15).toString("base64url");
}

/** `-buildid=action/main action/main content/content`; one that the user has chosen stays. */
export function withIdentity(arg: string, identity: string): string {
  return /^-buildid=[^/]+\/[^/]+\/[^/]+\/[^/]+$/.test(arg)
    ? arg.slice(0, arg.lastIndexOf("/") + 1) + identity
    : arg;
}
