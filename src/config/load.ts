import { posix, win32 } from "node:path";
import type { Failure } from "../core/failure.ts";
import type { Config, Loaded, LoadOptions, Merged, Origin, Value } from "./config.ts";
import { type ConfigFile, emptyFile, findConfigFile, findInPath, realDirectory } from "./find.ts";
import { type EnvironmentName, decideEnvironment, environmentDefaults } from "./environment.ts";
import { forDebugger } from "./for-debugger.ts";
import { badProxyPorts } from "./proxy-ports.ts";
import { readContent, type FileContent } from "./read.ts";
import { restrict } from "./restrict.ts";
import { explainProblems } from "./problems.ts";
import { resolveConfig } from "./resolve.ts";
import { entries, platforms } from "./table.ts";
import { Typed } from "./typed.ts";
import { checkValue } from "./value.ts";

/**
 * Finds, reads, checks and merges the configuration. Failures are `CONFIG_INVALID`,
 * `CONFIG_NOT_FOUND`, `ROOT_MISSING` and `ROOT_DANGEROUS`; tell the two results apart with
 * `"config" in loaded`.
 */
export async function loadConfig(options: LoadOptions): Promise<Loaded | readonly Failure[]> {
  const path = options.platform === "win32" ? win32 : posix;
  const workDir = options.root ?? options.env["air_wd"] ?? "";
  const dir = await realDirectory(path.resolve(options.cwd, workDir));
  if (typeof dir !== "string") return [dir];
  const { env, environment: flag, production = false, testing = false } = options;
  const environment = decideEnvironment({ flag, env, production, testing });
  if ("code" in environment) return [environment];
  const file = await findConfigFile({ ...options, dir });
  if ("code" in file) return [file];
  const content = await readFileContent(file, options.platform);
  if ("code" in content) return [content];

  const { failures, warnings } = await explainProblems(file, content.problems);
  if (failures.length > 0) return failures;
  const merged = merge(file, content, { ...options, named: environment.name });
  const values = new Typed(merged.values);
  const root = await findRoot(values, { ...options, dir });
  if (typeof root !== "string") return [root];
  const danger = dangerOf(root, values.boolean("build.ignore_dangerous_root_dir"), options);
  if (danger?.refused === true) return [danger.failure];

  const { flags } = options;
  const inPath = (name: string): string | null => findInPath(name, options);
  const rules = new Map([
    ...content.rules,
    ...(content.environments.get(environment.name)?.rules ?? []),
  ]);
  const input = { values, merged, rules, flags, dir, root, path, inPath, production };
  const { source } = file;
  const asked = resolveConfig({ ...input, environment: environment.name, source });
  const allowed = restrict(asked, merged, production);
  const debugged = forDebugger(allowed.config, merged);
  if ("code" in debugged) return [debugged];
  const { config } = debugged;
  const bad = badTmpDir(config) ?? badProxyPorts(config);
  if (bad !== null) return [bad];
  return {
    config,
    environment,
    origins: merged.origins,
    values: merged.values,
    rules,
    text: file.text,
    warnings: [
      ...warnings,
      ...(danger === null ? [] : [danger.failure]),
      ...withoutEffect(config, merged.origins, flags.package),
      ...allowed.warnings,
      ...debugged.warnings,
    ],
    source,
    files: file.candidates,
  };
}

async function readFileContent(
  file: ConfigFile,
  platform: NodeJS.Platform,
): Promise<FileContent | Failure> {
  if (file === emptyFile || file.text === "") return readContent({}, platform);
  const { parse, TomlError } = await import("smol-toml");
  try {
    return readContent(parse(file.text), platform);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const { line, column } = error;
    const message = (error.message.split("\n")[0] ?? "").replace("Invalid TOML document: ", "");
    return {
      code: "CONFIG_INVALID",
      message: `${file.label}:${line}:${column}: ${message}`,
      seen: error.codeblock.trimEnd(),
      diagnostics: [{ file: file.path, line, column, message, own: true }],
    };
  }
}

/**
 * Defaults, then the file, then its tables for this system and for this environment, then the command
 * line.
 */
function merge(
  file: ConfigFile,
  content: FileContent,
  options: LoadOptions & { readonly named: EnvironmentName },
): Merged {
  const values = new Map<string, Value>();
  const origins = new Map<string, Origin>();
  for (const [key, entry] of entries) {
    const checked = checkValue(entry, entry.fallback);
    values.set(key, checked.ok ? checked.value : null);
    origins.set(key, { type: "default" });
  }
  const layer = (given: ReadonlyMap<string, Value>, origin: (key: string) => Origin): void => {
    for (const [key, value] of given) {
      values.set(key, value);
      origins.set(key, origin(key));
    }
  };
  const platform = platforms.get(options.platform) ?? "";
  const { named } = options;
  layer(environmentDefaults[named], () => ({ type: "environment-default", environment: named }));
  layer(content.values, () => ({ type: "file", file: file.path }));
  layer(content.platformValues, () => ({ type: "platform", file: file.path, platform }));
  const own = content.environments.get(named);
  const from = (key: string): Origin => ({
    type: "environment",
    file: file.path,
    environment: named,
    key: `env.${named}.${key}`,
  });
  layer(own?.values ?? new Map(), from);
  layer(own?.platformValues ?? new Map(), (key) =>
    from(key.replace("build.", `build.${platform}.`)),
  );
  layer(options.flags.values, (key) => ({ type: "flag", flag: `--${key}` }));
  if (options.root === undefined && options.env["air_wd"]) {
    values.set("root", ".");
    origins.set("root", { type: "env", name: "air_wd" });
  }
  return { values, origins };
}

async function findRoot(
  values: Typed,
  options: LoadOptions & { readonly dir: string },
): Promise<string | Failure> {
  const path = options.platform === "win32" ? win32 : posix;
  const written = values
    .string("root")
    .trim()
    .replace(/^~(?=$|[/\\])/, options.home);
  return realDirectory(path.resolve(options.dir, written));
}

interface Danger {
  readonly refused: boolean;
  readonly failure: Failure;
}

function dangerOf(root: string, ignored: boolean, options: LoadOptions): Danger | null {
  const path = options.platform === "win32" ? win32 : posix;
  const top = path.parse(root).root === root;
  if (!top && root !== path.resolve(options.home) && root !== "/root") return null;
  const failure: Failure = {
    code: "ROOT_DANGEROUS",
    message: `${root} as root would mean to watch far too many files`,
    hint: "start gust in the project, or set build.ignore_dangerous_root_dir = true",
  };
  if (!ignored) return { refused: true, failure };
  const { code, message } = failure;
  return { refused: false, failure: { code, message } };
}

/** `clean_on_exit` removes the directory, so it must not hold the sources. */
function badTmpDir(config: Config): Failure | null {
  const inside = (dir: string): boolean =>
    dir === config.tmpDir || dir.startsWith(config.tmpDir.replace(/[/\\]?$/, "/"));
  if (!inside(config.root) && !inside(config.dir)) return null;
  return {
    code: "CONFIG_INVALID",
    message: `tmp_dir is ${config.tmpDir}, which holds the sources`,
    hint: 'name a directory of its own, such as tmp_dir = "tmp"',
  };
}

/** Nothing that was asked for is dropped in silence. */
function withoutEffect(
  config: Config,
  origins: ReadonlyMap<string, Origin>,
  named: string | null,
): readonly Failure[] {
  const code = "CONFIG_WITHOUT_EFFECT";
  const warnings: Failure[] = [];
  const given = origins.get("build.flags")?.type !== "default" && config.build.flags.length > 0;
  if (given && config.build.cmd !== null) {
    const message = "build.flags has no effect, because build.cmd builds";
    warnings.push({ code, message, hint: "write the flags into build.cmd, or remove build.cmd" });
  }
  const single = config.services.length === 0 ? [] : aboutOneProgram;
  for (const key of single.filter((one) => origins.get(one)?.type !== "default")) {
    const message = `${key} has no effect beside [[service]]`;
    warnings.push({ code, message, hint: "say it in the [[service]] that it is about" });
  }
  if (config.services.length + config.processes.length > 0 && config.proxy.enabled) {
    const beside = config.services.length > 0 ? "[[service]]" : "[[process]]";
    const message = `proxy.enabled has no effect beside ${beside}: it leads to one program`;
    warnings.push({ code, message, hint: "open the port of the service itself in the browser" });
  }
  if (named !== null && config.build.cmd !== null) {
    const message = `the package ${named} does not change what build.cmd builds`;
    warnings.push({ code, message, hint: `arguments for the program go after --` });
  }
  return warnings;
}

/** Keys that mean the one program of a project. */
const aboutOneProgram: readonly string[] = [
  "package",
  "args",
  "build.cmd",
  "build.bin",
  "build.full_bin",
  "build.entrypoint",
  "build.args_bin",
  "ready.ports",
];
