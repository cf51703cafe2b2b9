import { projectKey } from "../../../adapters/store/user-dirs.ts";
import { definedOf } from "../../../adapters/env/env-files.ts";
import type { ServiceConfig } from "../../../config/config.ts";
import type { Failure } from "../../../core/failure.ts";
import { type Project, findProject } from "../project.ts";
import { toolsOf } from "../trace.ts";
import type { Run } from "../run.ts";
import { refuseLate } from "../supervise.ts";
import { shareOf } from "./member-config.ts";
import { type Member, nameOf, planMembers } from "./plan.ts";
import { runServices } from "./run-services.ts";

/** `gust run` where the configuration has `[[service]]` or `[[process]]`. */
export async function runSeveral(run: Run): Promise<number> {
  const found = await findMembers(run);
  if ("code" in found) return refuseLate(found, run.ui);
  const looks = found.members.flatMap((member) => {
    const name = nameOf(member);
    if (member.type === "process") return [];
    const known = found.project?.[0] === name ? found.project[1] : projectOf(run, member);
    return [Promise.resolve(known).then((look) => [name, look] as const)];
  });
  const projects = new Map<string, Project>();
  // In the order of the members, whoever was found first.
  for (const [name, look] of await Promise.all(looks)) {
    if ("code" in look) return refuseLate({ ...look, message: `${name}: ${look.message}` }, run.ui);
    projects.set(name, look);
  }
  return runServices(run, found.members, withOwnKeys(projects, run.loaded.config.root));
}

/**
 * A program that is started as two services has two run directories, and each has the same one in
 * every run: it has its memory and its output.
 */
function withOwnKeys(projects: ReadonlyMap<string, Project>, root: string): Map<string, Project> {
  const taken = new Set<string>();
  return new Map(
    [...projects].map(([name, project]) => {
      const key = taken.has(project.key) ? projectKey(root, `service ${name}`) : project.key;
      taken.add(key);
      return [name, { ...project, key }];
    }),
  );
}

interface Found {
  readonly members: readonly Member[];
  /** The program of a project without a [[service]], by its name. */
  readonly project: readonly [string, Project] | null;
}

async function findMembers(run: Run): Promise<Found | Failure> {
  const { loaded, args, io, ui } = run;
  const { config } = loaded;
  if (config.services.length > 0) {
    const { package: path, args: words } = args.flags;
    const members = planMembers(config, path === null ? words : [path, ...words]);
    return "code" in members ? members : { members, project: null };
  }
  const project = await findProject({
    loaded,
    processes: toolsOf(run),
    env: definedOf(io.env),
    choose: (mains) => ui.choose(mains),
  });
  if ("code" in project) return project;
  const taken = config.processes.some(({ name }) => name === project.name);
  const name = taken ? `${project.name}-program` : project.name;
  const members = planMembers({ ...config, services: [alone(name, project)] }, []);
  return "code" in members ? members : { members, project: [name, project] };
}

/** The one program, as if it stood in a [[service]]. */
function alone(name: string, { dir, package: main }: Project): ServiceConfig {
  return {
    name,
    dir,
    package: main,
    args: [],
    env: {},
    envFiles: [],
    port: 0,
    health: null,
    readyLog: null,
    dependsOn: [],
  };
}

async function projectOf(run: Run, member: Member): Promise<Project | Failure> {
  const share = shareOf(run.loaded, member);
  if ("code" in share) return share;
  return findProject({
    loaded: share,
    processes: toolsOf(run),
    env: definedOf(run.io.env),
    // With a terminal the question would come from several services at once.
    choose: () => Promise.resolve(null),
  });
}
