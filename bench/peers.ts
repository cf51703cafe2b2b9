import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import type { PeerName } from "./options.ts";
import type { PeerCommands } from "./peer-install.ts";
import { type Place, type RunningTool, envOf, ofOneProcess } from "./running-tool.ts";
import { start } from "./started.ts";

/**
 * Starts a tool that knows nothing of Go on a copy of the program, with the least delay that it
 * takes. The shells become the program by `exec`, so that the signal to end reaches it directly.
 */
export async function startPeer(
  name: PeerName,
  place: Place,
  commands: PeerCommands,
): Promise<RunningTool> {
  const command = commands.get(name);
  if (command === undefined) throw new Error(`${name} is not installed`);
  const { args, input } = await configured(name, place.dir);
  const child = start([...command, ...args], {
    cwd: place.dir,
    env: envOf(place),
    stdio: ["pipe", "pipe", "pipe"],
  });
  if (input !== null) child.stdin?.end(input);
  return ofOneProcess(name, place, child);
}

interface Configured {
  readonly args: readonly string[];
  /** What it reads; null when its stdin only has to stay open. */
  readonly input: string | null;
}

const program = "bin/app";
const build = `go build -o ${program} .`;
const buildAndRun = `${build} && exec ${program}`;

async function configured(name: PeerName, dir: string): Promise<Configured> {
  await mkdir(join(dir, "bin"), { recursive: true });
  switch (name) {
    case "reflex":
      return {
        args: ["-d", "none", "-r", "\\.go$", "-s", "--", "sh", "-c", buildAndRun],
        input: null,
      };
    case "modd":
      await writeFile(join(dir, "modd.conf"), moddConf);
      return { args: [], input: null };
    case "entr":
      return { args: ["-n", "-r", "sh", "-c", buildAndRun], input: await goFiles(dir) };
    case "nodemon":
      return { args: [...nodemonFlags, "--exec", `${buildAndRun} || exit 1`], input: null };
  }
}

/** The program serves on while `prep` builds. Without \`sh\`, modd would start itself as a shell. */
const moddConf = `@shell = sh

**/*.go {
    prep: ${build}
    daemon +sigterm: exec ${program}
}
`;

const nodemonFlags = [
  "--delay",
  "1ms",
  "--signal",
  "SIGTERM",
  "--watch",
  ".",
  "--ext",
  "go",
  "--no-stdin",
  "--no-update-notifier",
];

async function goFiles(dir: string): Promise<string> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(".go"))
    .map((entry) => `${relative(resolve(dir), resolve(entry.parentPath, entry.name))}\n`)
    .join("");
}
