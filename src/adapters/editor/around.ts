import type { Candidate, Env } from "./candidate.ts";

/**
 * The editors in whose terminal gust runs, as the variables tell that these set; the innermost first.
 */
export function editorsAround(env: Env): readonly Candidate[] {
  return [vim(env), emacs(env), vsCode(env), zed(env), jetBrains(env)].flat();
}

function around(
  variable: string,
  name: string,
  { programs, ...rest }: Pick<Candidate, "programs" | "servers">,
): Candidate {
  const there = programs.filter((program) => program !== "");
  return { name, programs: there, options: [], origin: { type: "around", variable }, ...rest };
}

function vim(env: Env): readonly Candidate[] {
  const nvim = env["NVIM"] ?? "";
  if (nvim !== "") return [around("NVIM", "nvim", { programs: ["nvim"], servers: { nvim } })];
  const server = env["VIM_SERVERNAME"] ?? "";
  if (server === "") return [];
  return [around("VIM_SERVERNAME", "vim", { programs: ["vim", "gvim"], servers: { vim: server } })];
}

function emacs(env: Env): readonly Candidate[] {
  const inside = (env["INSIDE_EMACS"] ?? "") !== "";
  return inside ? [around("INSIDE_EMACS", "emacsclient", { programs: ["emacsclient"] })] : [];
}

function vsCode(env: Env): readonly Candidate[] {
  if (env["TERM_PROGRAM"] !== "vscode") return [];
  const name = flavour(env);
  // Both are set for git: the editor itself, and a file of an extension that comes with it.
  const node = env["VSCODE_GIT_ASKPASS_NODE"] ?? "";
  const main = env["VSCODE_GIT_ASKPASS_MAIN"] ?? "";
  const app = /^(.*)[/\\]extensions[/\\]git[/\\]dist[/\\][^/\\]*$/.exec(main)?.[1] ?? "";
  const inApp = app === "" ? [] : [`${app}/bin/${name}`, `${app}/bin/remote-cli/${name}`];
  const beside = /^(\/.*)\/[^/]*$/.exec(node)?.[1] ?? "";
  const programs = [
    // On Windows the launcher is a batch file; the program takes the same options.
    /\.exe$/i.test(node) ? node : "",
    name,
    ...inApp,
    beside === "" ? "" : `${beside}/bin/${name}`,
  ];
  return [around("TERM_PROGRAM", name, { programs })];
}

/** Editors that were made from VS Code say that they are it. */
function flavour(env: Env): string {
  const names = ["VSCODE_GIT_ASKPASS_NODE", "VSCODE_GIT_ASKPASS_MAIN", "__CFBundleIdentifier"];
  const told = names.map((name) => env[name] ?? "").join("\n");
  if ((env["CURSOR_TRACE_ID"] ?? "") !== "" || isIn("cursor", told)) return "cursor";
  if (isIn("windsurf", told)) return "windsurf";
  if (isIn("vscodium|codium", told)) return "codium";
  if ((env["TERM_PROGRAM_VERSION"] ?? "").endsWith("-insider")) return "code-insiders";
  return isIn("code-oss", told) ? "code-oss" : "code";
}

/** As a name in a path: `/usr/share/cursor/`, `.cursor-server`, `Cursor.app`; or as an identifier's. */
function isIn(names: string, told: string): boolean {
  return new RegExp(`[/\\\\.](?:${names})(?:-server|\\.app|\\.exe)?(?:[/\\\\\\n]|$)`, "i").test(
    told,
  );
}

function zed(env: Env): readonly Candidate[] {
  const variable = env["TERM_PROGRAM"] === "zed" ? "TERM_PROGRAM" : "ZED_TERM";
  if ((env[variable] ?? "") === "") return [];
  const programs = ["zed", "zeditor", below(env, ".local/bin/zed"), ZED_APP];
  return [around(variable, "zed", { programs })];
}

const ZED_APP = "/Applications/Zed.app/Contents/MacOS/cli";

function jetBrains(env: Env): readonly Candidate[] {
  if (env["TERMINAL_EMULATOR"] !== "JetBrains-JediTerm") return [];
  const told = `${env["__INTELLIJ_COMMAND_HISTFILE__"] ?? ""}\n${env["__CFBundleIdentifier"] ?? ""}`;
  const names = /goland/i.test(told)
    ? ["goland"]
    : /idea/i.test(told)
      ? ["idea"]
      : ["goland", "idea"];
  return names.map((name) => {
    const scripts = [
      below(env, `.local/share/JetBrains/Toolbox/scripts/${name}`),
      below(env, `Library/Application Support/JetBrains/Toolbox/scripts/${name}`),
    ];
    const programs = [name, `${name}64`, ...scripts, APPS[name] ?? ""];
    return around("TERMINAL_EMULATOR", name, { programs });
  });
}

const APPS: Readonly<Record<string, string>> = {
  goland: "/Applications/GoLand.app/Contents/MacOS/goland",
  idea: "/Applications/IntelliJ IDEA.app/Contents/MacOS/idea",
};

function below(env: Env, path: string): string {
  const home = env["HOME"] ?? "";
  return home === "" ? "" : `${home}/${path}`;
}
