import { availableParallelism } from "node:os";
import { join } from "node:path";
import { SharedGraph } from "../../../adapters/go/shared-graph.ts";
import { openProcesses } from "../../../adapters/process/open-processes.ts";
import { projectKey } from "../../../adapters/store/user-dirs.ts";
import type { Loaded } from "../../../config/config.ts";
import type { Failure } from "../../../core/failure.ts";
import type { Processes } from "../../../engine/processes.ts";
import { LinkMemory, injectionFor, linkerFor } from "../linked.ts";
import { makeParts } from "../parts.ts";
import { toolsOf } from "../trace.ts";
import type { Fixed, Parts } from "../parts.ts";
import { type Program, type Project, backendOf, newRunId, ownDirs } from "../project.ts";
import type { Run } from "../run.ts";
import type { SessionMember } from "../session.ts";
import type { Ui } from "../ui.ts";
import { supervise } from "../supervise.ts";
import { Board } from "./board.ts";
import { gatedBuilder } from "./gated-builder.ts";
import { Group } from "./group.ts";
import { listenForAll } from "./listen.ts";
import { foreignDirs, shareOf, variablesOf } from "./member-config.ts";
import { MemberNews } from "./member-news.ts";
import { type MemberUis, memberUis } from "./member-ui.ts";
import { commandParts } from "./parts.ts";
import { type Member, nameOf, needsOf, portOf } from "./plan.ts";
import { SharedModules, SharedRules } from "./shared-runs.ts";
import { SharedWatchers } from "./shared-watcher.ts";
import { Turns } from "./turns.ts";
import { Waits } from "./waits.ts";

/** What gust builds, by the name of the service. */
export type Projects = ReadonlyMap<string, Project>;

/** Runs several services in one gust until it ends. Returns the exit code. */
export async function runServices(
  run: Run,
  members: readonly Member[],
  projects: Projects,
): Promise<number> {
  const names = members.map(nameOf);
  run.dashboard.expect(names);
  const board = new Board(() => waits.look());
  const waits: Waits = new Waits({
    unsettled: (needs) => board.unsettled(needs),
    isLost: (name) => group.isLost(name),
    show: (name) => {
      const view = board.view(name);
      if (view !== null) uis.of(name).face.view(view);
      run.dashboard.look(name);
    },
  });
  const uis = memberUis(run.ui, names, { board, seen: (name, view) => waits.seen(name, view) });
  const group = new Group(members);
  const house: House = {
    run,
    members,
    projects,
    board,
    waits,
    uis,
    group,
    turns: new Turns(availableParallelism()),
    watchers: new SharedWatchers(),
    rules: new SharedRules(),
    news: new MemberNews(run.loaded.config, (failure) => run.ui.face.failure("warning", failure)),
    modules: new SharedModules(),
    graphs: new Map(),
  };
  const [first] = names;
  if (first !== undefined) run.keeper.face = uis.of(first).face;
  const user = listenForAll({ run, group, deck: uis.deck });
  const others = await Promise.all(
    members.slice(1).map((member) => moreProcesses(run, uis.of(nameOf(member)))),
  );
  try {
    const ends = members.map(async (member, index) => {
      const processes = index === 0 ? run.processes : others[index - 1]?.processes;
      const runId = index === 0 ? run.runId : others[index - 1]?.runId;
      if (processes === undefined || runId === undefined) return 1;
      const code = await superviseMember(house, member, { processes, runId });
      await uis.of(nameOf(member)).face.close(code);
      group.ended(nameOf(member), code);
      return code;
    });
    return Math.max(...(await Promise.all(ends)));
  } finally {
    user.close();
    await Promise.all(others.map(({ processes }) => processes.close()));
    await user.afterwards();
  }
}

/** What all services have in common. */
interface House {
  readonly run: Run;
  readonly members: readonly Member[];
  readonly projects: Projects;
  readonly board: Board;
  readonly waits: Waits;
  readonly uis: MemberUis;
  readonly group: Group;
  readonly turns: Turns;
  readonly watchers: SharedWatchers;
  readonly rules: SharedRules;
  readonly news: MemberNews;
  readonly modules: SharedModules;
  /** By the directory in which the go command runs. */
  readonly graphs: Map<string, SharedGraph>;
}

interface Started {
  readonly processes: Processes;
  readonly runId: string;
}

/** Each service has a keeper of its own: its sockets wait for it alone, and nobody falls with another. */
async function moreProcesses({ args, io }: Run, ui: Ui): Promise<Started> {
  const runId = newRunId();
  const processes = await openProcesses({
    keeperDir: join(args.packageDir, "keeper"),
    runId,
    cacheDir: ownDirs(io.env).cacheDir,
    onLost: (failure) => ui.face.failure("keeper", failure),
    ...backendOf(io.env),
  });
  return { processes, runId };
}

async function superviseMember(house: House, member: Member, started: Started): Promise<number> {
  const { run, uis, group } = house;
  const name = nameOf(member);
  const share = shareOf(run.loaded, member);
  const ui = uis.of(name);
  if ("code" in share) return refused(share, ui.face);
  const project = house.projects.get(name) ?? null;
  const foreignPorts = house.members
    .filter((other) => other !== member)
    .map((other) => `${portOf(other)}`);
  return supervise({
    ...run,
    ...started,
    ui,
    loaded: share,
    project: project ?? programOf(share, name),
    service: false,
    makeParts:
      project === null
        ? (now, fixed) => gated(house, member, shared(house, now, commandParts(now, fixed)))
        : buildParts(house, member, { ...started, project }),
    member: {
      name,
      variables: variablesOf,
      share: (loaded) => {
        house.news.look(loaded.config);
        return shareOf(loaded, member);
      },
      readsDir: (path) => group.readsDir(path),
      isFree: ({ address }) => !foreignPorts.includes(address.slice(address.lastIndexOf(":") + 1)),
      seen: (view) => house.waits.seen(name, view),
      waits: {
        asked: () => house.waits.quietly(() => group.ask(needsOf(member))),
        decided: () => house.waits.look(),
        onStuck: (tell) => house.waits.onStuck(name, tell),
      },
      listen: (options) => group.joined(name, options),
    } satisfies SessionMember,
  });
}

function refused(failure: Failure, face: { failure(what: string, failure: Failure): void }): 2 {
  face.failure("error", failure);
  return 2;
}

/** A command in the words of a program. */
function programOf({ config }: Loaded, name: string): Program {
  const { start, dir, root } = config;
  return {
    package: start.type === "shell" ? start.command : name,
    dir,
    moduleDir: null,
    name,
    modulePath: undefined,
    key: projectKey(root, `process ${name}`),
  };
}

function buildParts(
  house: House,
  member: Member,
  means: Started & { readonly project: Project },
): (loaded: Loaded, fixed: Fixed) => Parts {
  const { run } = house;
  const { project, processes } = means;
  const links = new LinkMemory();
  return (loaded, fixed) => {
    const { packageDir } = run.args;
    const injection = injectionFor(loaded, { packageDir, project, processes, links });
    const tests = runsTests(house, member, loaded);
    const linker = linkerFor(packageDir, run.io.env);
    const parts = makeParts(loaded, {
      ...fixed,
      processes: toolsOf(run),
      project,
      injection,
      linker,
      tests,
    });
    const graph = links.watch(graphOf(house, loaded, { project, parts, processes }));
    return gated(house, member, shared(house, loaded, { ...parts, graph }));
  };
}

/**
 * Beside what serves the tests of a module or workspace run once, for all its services; where they decide what goes
 * live, each service asks for itself.
 */
function runsTests({ projects }: House, member: Member, { config }: Loaded): boolean {
  if (config.test.mode === "gate") return true;
  const name = nameOf(member);
  const own = projects.get(name);
  const first = [...projects].find(
    ([, project]) => own !== undefined && workspaceOf(project) === workspaceOf(own),
  );
  return first?.[0] === name;
}

/** What the tests belong to: those of a go.work are listed together. */
const workspaceOf = ({ toolchain, moduleDir }: Project): string | null =>
  ["", "off"].includes(toolchain.gowork) ? moduleDir : toolchain.gowork;

/** One `go list` for all services of a directory; a build command of one's own has its own flags. */
function graphOf(
  { graphs }: House,
  { config }: Loaded,
  { project, parts, processes }: { project: Project; parts: Parts; processes: Processes },
): Parts["graph"] {
  if (config.build.cmd !== null || config.build.goBuild !== null) return parts.graph;
  const { dir, toolchain } = project;
  const { flags } = config.build;
  const key = JSON.stringify([dir, toolchain.go, flags]);
  const known = graphs.get(key);
  const graph = known ?? new SharedGraph({ go: toolchain.go, dir, flags, env: parts.env });
  graphs.set(key, graph);
  return graph.loader(project.package === "" ? "." : project.package, processes);
}

/** What there is once for all. */
function shared({ watchers, rules, modules }: House, loaded: Loaded, parts: Parts): Parts {
  return {
    ...parts,
    watcher: watchers.view(loaded.text, parts.watcher),
    rules: rules.view(parts.rules),
    modules: modules.view(loaded.config.dir, parts.modules),
  };
}

function gated(house: House, member: Member, parts: Parts): Parts {
  const { board, waits, turns, uis, projects } = house;
  const needs = needsOf(member);
  const own = projects.get(nameOf(member))?.mainDir ?? null;
  const others = [...projects.values()].flatMap(({ mainDir }) => mainDir ?? []);
  const builder = gatedBuilder(parts.builder, {
    // A command costs no build: it is not kept waiting by one.
    turns: member.type === "process" ? new Turns(Infinity) : turns,
    rank: member.rank,
    begin: (signal) => board.begin(nameOf(member), needs, signal),
    missing: () => board.unsettled(needs),
    complete: (signal) => board.settled(needs, signal),
    onWait: (names) => {
      uis.of(nameOf(member)).face.waiting(names);
      waits.begin(nameOf(member), needs);
    },
    onWaited: () => waits.end(nameOf(member)),
  });
  // A command reads what it likes, and is not started again for it.
  const foreign = own === null ? parts.settings.classify.roots : foreignDirs(own, others);
  const classify = { ...parts.settings.classify, foreignDirs: foreign };
  return { ...parts, builder, settings: { ...parts.settings, classify } };
}
