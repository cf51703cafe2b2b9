import type { Candidate } from "./candidate.ts";

/** A process of this user. */
export interface SeenProcess {
  readonly pid: number;
  /** Absolute path of its executable. */
  readonly path: string;
  readonly argv: readonly string[];
  /** Null where it is not known. */
  readonly cwd: string | null;
  /** Where Neovim and Emacs can be asked; null for others, and where there is no such socket. */
  readonly socket: string | null;
}

/**
 * The editors among the processes of the user, the best first: a Vim that works where the project is,
 * then those that have a window, in a fixed order, then Emacs.
 */
export function runningEditors(
  processes: readonly SeenProcess[],
  dir: string,
): readonly Candidate[] {
  const found = processes.flatMap((seen) => {
    const candidate = candidateOf(seen, dir);
    return candidate === null
      ? []
      : [{ ...candidate, origin: { type: "running", pid: seen.pid } as const }];
  });
  return found.toSorted((a, b) => rank(a) - rank(b) || a.origin.pid - b.origin.pid);
}

const rank = ({ name }: Candidate): number => ORDER.indexOf(name);

const ORDER = [
  "nvim",
  "vim",
  "goland",
  "cursor",
  "windsurf",
  "zed",
  "code",
  "code-insiders",
  "codium",
  "code-oss",
  "subl",
  "idea",
  "emacsclient",
];

type Found = Omit<Candidate, "origin">;

function candidateOf(seen: SeenProcess, dir: string): Found | null {
  const app = /^(.*\/([^/]+)\.app)\/Contents\/MacOS\/[^/]+$/.exec(seen.path);
  if (app !== null) return appOf(app[2] ?? "", app[1] ?? "", seen.path);
  const { path, socket } = seen;
  const place = path.slice(0, path.lastIndexOf("/"));
  const name = path.slice(place.length + 1);
  if (name === "nvim") {
    if (socket === null || !isRelated(seen, dir)) return null;
    return { ...window("nvim", [path]), servers: { nvim: socket } };
  }
  if (/^g?vim(?:\.|$)/.test(name)) return vimOf(seen, dir);
  if (/^emacs(?:-|$)/.test(name)) {
    if (socket === null) return null;
    const programs = ["emacsclient", `${place}/emacsclient`];
    return { name: "emacsclient", programs, options: ["-s", socket] };
  }
  if (CODE_NAMES.has(name)) return window(name, [name, `${place}/bin/${name}`]);
  if (name === "zed-editor") return window("zed", ["zed", "zeditor", `${place}/../bin/zed`]);
  if (name === "sublime_text") return window("subl", ["subl", path]);
  if (name === "goland" || name === "idea") return window(name, [path]);
  return name === "java" ? jetBrainsOf(seen) : null;
}

const CODE_NAMES: ReadonlySet<string> = new Set([
  "code",
  "code-insiders",
  "code-oss",
  "codium",
  "cursor",
  "windsurf",
]);

function window(name: string, programs: readonly string[]): Found {
  return { name, programs, options: [] };
}

/** A Vim is asked only where it was started as a server. */
function vimOf(seen: SeenProcess, dir: string): Found | null {
  const at = seen.argv.indexOf("--servername");
  const server = at < 0 ? undefined : seen.argv[at + 1];
  if (server === undefined || !isRelated(seen, dir)) return null;
  return { ...window("vim", [seen.path]), servers: { vim: server } };
}

/** An older IDE is a Java program that comes with its own Java. */
function jetBrainsOf({ path, argv }: SeenProcess): Found | null {
  const home = /^(.*)\/jbr\/bin\/java$/.exec(path)?.[1];
  const selector = argv.find((word) => word.startsWith("-Didea.paths.selector=")) ?? "";
  const name = /=GoLand/.test(selector)
    ? "goland"
    : /=I(?:ntelliJI)?dea/.test(selector)
      ? "idea"
      : "";
  if (home === undefined || name === "") return null;
  return window(name, [`${home}/bin/${name}`, `${home}/bin/${name}.sh`]);
}

/** macOS: what is started from the command line lies in the application. */
function appOf(title: string, app: string, path: string): Found | null {
  const code = CODE_APPS[title];
  if (code !== undefined) return window(code, [`${app}/Contents/Resources/app/bin/${code}`]);
  if (title === "Zed") return window("zed", [`${app}/Contents/MacOS/cli`]);
  if (title === "Sublime Text") return window("subl", [`${app}/Contents/SharedSupport/bin/subl`]);
  if (title === "GoLand") return window("goland", [path]);
  return title.startsWith("IntelliJ IDEA") ? window("idea", [path]) : null;
}

const CODE_APPS: Readonly<Partial<Record<string, string>>> = {
  "Visual Studio Code": "code",
  "Visual Studio Code - Insiders": "code-insiders",
  VSCodium: "codium",
  Cursor: "cursor",
  Windsurf: "windsurf",
};

/** It works in the project, or in a directory that the project is in; no letter in another window. */
function isRelated({ cwd }: SeenProcess, dir: string): boolean {
  if (cwd === null || cwd === "/") return false;
  return cwd === dir || cwd.startsWith(`${dir}/`) || dir.startsWith(`${cwd}/`);
}
