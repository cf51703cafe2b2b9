import type { ChildProcess } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { runGo, withoutDebugInfo } from "./commands.ts";
import { type GustEvent, readGustEvent } from "./gust-events.ts";
import type { ToolName } from "./options.ts";
import type { PeerCommands } from "./peer-install.ts";
import { startPeer } from "./peers.ts";
import { memoryOf } from "./proc-tree.ts";
import type { Subject } from "./programs.ts";
import { floorSteps } from "./recipe.ts";
import {
  type Place,
  type RunningTool,
  common,
  ended,
  envOf,
  ofOneProcess,
  pidOf,
  readLines,
} from "./running-tool.ts";
import { linesOf } from "./stand.ts";
import { start, stop } from "./started.ts";

/** What the tools are made of. */
export interface ToolBox {
  /** Absolute: `bin/gust`. */
  readonly gust: string;
  readonly air: string;
  readonly peers: PeerCommands;
  readonly stand: string;
  /** Directory for all that is made. */
  readonly work: string;
}

export const airVersion = "v1.67.4";

/** Installs air where it is not yet, and returns its path. */
export async function installAir(work: string): Promise<string> {
  const bin = resolve(work, "bin", airVersion);
  const path = join(bin, "air");
  await runGo(["install", `github.com/air-verse/air@${airVersion}`], {
    dir: ".",
    env: { GOBIN: bin, GOFLAGS: "" },
  });
  return path;
}

/** Starts a tool on a copy of the program. Whether it serves is for the caller to see. */
export async function startTool(
  name: ToolName,
  subject: Subject,
  place: Place,
  box: ToolBox,
): Promise<RunningTool> {
  switch (name) {
    case "gust":
      return startGust(place, box);
    case "air":
      return startAir(name, place, { box, settings: {} });
    case "air-tuned":
      return startAir(name, place, { box, settings: { delay: "1" } });
    case "reflex":
    case "modd":
    case "entr":
    case "nodemon":
      return startPeer(name, place, box.peers);
    case "floor":
      return startFloor(name, place, { box, steps: await compileAndLink(subject, place) });
    case "floor-w": {
      const bare = { ...place, env: { ...place.env, ...withoutDebugInfo } };
      return startFloor(name, bare, { box, steps: await compileAndLink(subject, bare) });
    }
    case "floor-go":
      return startFloor(name, place, {
        box,
        steps: [{ dir: resolve(place.dir), argv: ["go", "build", "-o", "{out}", "."] }],
      });
  }
}

/** Keeps the binaries that gust keeps out of the user's own cache. */
export const gustEnv = (work: string): Record<string, string> => ({
  XDG_CACHE_HOME: resolve(work, "cache"),
});

/** `told` gets each event when it comes, after it is in the list. */
export function startGust(
  place: Place,
  box: Pick<ToolBox, "gust" | "work">,
  told: (event: GustEvent) => void = () => undefined,
  nodeOptions: readonly string[] = [],
): RunningTool {
  const child = start([process.execPath, ...nodeOptions, box.gust, "--json"], {
    cwd: place.dir,
    env: { ...envOf(place), ...gustEnv(box.work) },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const events: GustEvent[] = [];
  const failed = new Promise<string>((resolve) => {
    readLines(child.stdout, (line) => {
      const event = readGustEvent(line);
      if (event === null) return;
      events.push(event);
      told(event);
      if (event.type === "failed") resolve(line);
    });
  });
  const program = (): readonly number[] => {
    const pid = events.findLast((event) => event.type === "live")?.pid;
    return pid === undefined ? [] : [pid];
  };
  return {
    ...common("gust", place, child),
    lost: Promise.race([failed, ended("gust", child)]),
    events,
    memoryMb: () => memoryOf(pidOf(child), program()),
  };
}

/** `settings`: keys of the configuration as `air init` writes it, and TOML to put in their place. */
export async function startAir(
  name: ToolName,
  place: Place,
  { box, settings }: { readonly box: AirBox; readonly settings: Readonly<Record<string, string>> },
): Promise<RunningTool> {
  await stop(await initialized(place, box));
  const config = join(place.dir, ".air.toml");
  await writeFile(config, changed(await readFile(config, "utf8"), settings));
  const child = start([box.air], {
    cwd: place.dir,
    env: envOf(place),
    stdio: ["pipe", "pipe", "pipe"],
  });
  return ofOneProcess(name, place, child);
}

type AirBox = Pick<ToolBox, "air">;

/** A setting that is not there would measure something else in silence. */
function changed(text: string, settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings).reduce((before, [key, value]) => {
    const line = new RegExp(`^(\\s*${key} = ).*$`, "m");
    if (!line.test(before)) throw new Error(`air init writes no ${key}`);
    return before.replace(line, `$1${value}`);
  }, text);
}

/** `air init` writes the configuration that users start from. */
async function initialized(place: Place, box: AirBox): Promise<ChildProcess> {
  const child = start([box.air, "init"], { cwd: place.dir, stdio: ["pipe", "ignore", "ignore"] });
  await new Promise((resolve) => child.on("close", resolve));
  return child;
}

async function startFloor(
  name: ToolName,
  place: Place,
  options: { readonly box: ToolBox; readonly steps: readonly object[] },
): Promise<RunningTool> {
  const bin = resolve(place.dir, "bin");
  await mkdir(bin, { recursive: true });
  const goRoot = (await runGo(["env", "GOROOT"], { dir: place.dir })).trim();
  const recipe = join(bin, "recipe.json");
  const { box, steps } = options;
  await writeFile(
    recipe,
    JSON.stringify({ dir: resolve(place.dir), steps, socket: place.socket, bin }),
  );
  const child = start([box.stand, "floor", recipe], {
    cwd: place.dir,
    env: { ...envOf(place), GOROOT: goRoot },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const first = await linesOf(child).next();
  if (first.done === true) throw new Error(`the ${name} could not be built`);
  return { ...common(name, place, child), socket: place.socket, memoryMb: () => null };
}

/** Lets `go build` say what it does after a change, as the recipe of the floor. */
async function compileAndLink(subject: Subject, place: Place): Promise<readonly object[]> {
  const bin = resolve(place.dir, "bin");
  const out = join(bin, "first");
  await mkdir(bin, { recursive: true });
  await runGo(["build", "-o", out, "."], { dir: place.dir });
  const file = join(place.dir, subject.file);
  await writeFile(file, subject.text(`floor ${Date.now()}`));
  const printed = await runGo(["build", "-x", "-work", "-o", out, "."], {
    dir: place.dir,
    // The recipe needs what lies there, and it goes with the copy.
    env: { ...place.env, GOTMPDIR: bin },
  });
  const steps = floorSteps(printed, { package: subject.package, dir: resolve(place.dir) });
  if (steps === null) throw new Error(`go build -x of ${place.dir} printed no compile and link`);
  return steps;
}
