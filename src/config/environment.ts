import type { Failure } from "../core/failure.ts";
import type { Value } from "./config.ts";
import { nearest } from "./nearest.ts";

/** What a run is for. */
export type EnvironmentName = "dev" | "staging" | "prod";

export const environmentNames: readonly EnvironmentName[] = ["dev", "staging", "prod"];

export interface Environment {
  readonly name: EnvironmentName;
  readonly origin: EnvironmentOrigin;
}

export type EnvironmentOrigin =
  | { readonly type: "default" }
  | { readonly type: "flag" }
  | { readonly type: "variable"; readonly name: "APP_ENV" | "NODE_ENV"; readonly value: string };

export interface EnvironmentQuery {
  /** `--env NAME`, as typed. */
  readonly flag: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `gust serve` and `gust build` are for production, and go on whatever APP_ENV calls it. */
  readonly production: boolean;
  /** `gust test` makes nothing live: what gust does not know, such as `test`, decides nothing. */
  readonly testing?: boolean;
}

/**
 * `--env`, else APP_ENV and NODE_ENV, else `dev` (for production: `prod`). APP_ENV says more than
 * NODE_ENV, which knows no staging: `development` and `production` both go with it. What else
 * differs, and what gust does not know, is an error: ENVIRONMENT_INVALID.
 */
export function decideEnvironment(query: EnvironmentQuery): Environment | Failure {
  const { flag, env, production, testing = false } = query;
  if (flag !== undefined) {
    const name = meant(flag);
    return name === null ? unknownFlag(flag) : { name, origin: { type: "flag" } };
  }
  const [app, node] = [given(env, "APP_ENV"), given(env, "NODE_ENV")];
  for (const one of [app, node]) {
    if (one !== null && one.meant === null && !production && !testing) return unknownVariable(one);
  }
  if (app !== null && node !== null && differ(app, node)) return contradiction(app, node);
  const found = [app, node].find((one) => one !== null && one.meant !== null);
  if (found === undefined || found === null || found.meant === null) {
    return { name: production ? "prod" : "dev", origin: { type: "default" } };
  }
  const { name, value } = found;
  return { name: found.meant, origin: { type: "variable", name, value } };
}

/** How an environment is spelled, in variables and in the names of env files. */
export const spellings: Readonly<Record<EnvironmentName, readonly string[]>> = {
  dev: ["development", "dev", "local"],
  staging: ["staging", "stage"],
  prod: ["production", "prod"],
};

/**
 * The files that are read where `env_files` is not set, the stronger one later, in the order that
 * programs of godotenv have: `.env`, `.env.dev`, `.env.local`, `.env.dev.local`.
 */
export function usualEnvFiles(name: EnvironmentName): readonly string[] {
  const names = spellings[name].filter((spelling) => spelling !== "local" && spelling !== "stage");
  return [
    ".env",
    ...names.map((one) => `.env.${one}`),
    ".env.local",
    ...names.map((one) => `.env.${one}.local`),
  ];
}

/** What is otherwise by default than in dev. Whatever the file says wins over it. */
export const environmentDefaults: Readonly<Record<EnvironmentName, ReadonlyMap<string, Value>>> = {
  dev: new Map(),
  // Nobody waits for the linker, and what is tried is what a plain `go build` makes.
  staging: new Map<string, Value>([
    ["build.direct", false],
    ["build.debug", true],
  ]),
  prod: new Map<string, Value>([
    ["build.direct", false],
    ["build.debug", true],
  ]),
};

/** The environment that a word names, in any of its spellings; null when it names none. */
export function meant(word: string): EnvironmentName | null {
  const plain = word.trim().toLowerCase();
  return environmentNames.find((name) => spellings[name].includes(plain)) ?? null;
}

/** The nearest name to one that is none, for a suggestion. */
export function nearEnvironment(word: string): EnvironmentName | null {
  const known = environmentNames.flatMap((name) => spellings[name]);
  const near = nearest(word, known);
  return meant(word) ?? (near === null ? null : meant(near));
}

interface Given {
  readonly name: "APP_ENV" | "NODE_ENV";
  readonly value: string;
  readonly meant: EnvironmentName | null;
}

function given(env: EnvironmentQuery["env"], name: Given["name"]): Given | null {
  const value = env[name]?.trim() ?? "";
  return value === "" ? null : { name, value, meant: meant(value) };
}

/** Staging is a matter of APP_ENV alone: to NODE_ENV it is one of the other two. */
function differ(app: Given, node: Given): boolean {
  if (app.meant === null || node.meant === null) return false;
  return app.meant !== node.meant && app.meant !== "staging";
}

function unknownFlag(word: string): Failure {
  const near = nearEnvironment(word);
  return {
    code: "ENVIRONMENT_INVALID",
    message: `--env must be one of ${environmentNames.join(", ")}, not ${JSON.stringify(word)}`,
    ...(near === null ? {} : { hint: `did you mean --env ${near}?` }),
  };
}

function unknownVariable({ name, value }: Given): Failure {
  return {
    code: "ENVIRONMENT_INVALID",
    message: `${name} is ${JSON.stringify(value)}, which gust does not know: a save must not go live where it should not`,
    hint: `say what it is to gust with --env ${environmentNames.join("|")}; the program keeps its ${name}`,
  };
}

function contradiction(app: Given, node: Given): Failure {
  return {
    code: "ENVIRONMENT_INVALID",
    message: `APP_ENV is ${JSON.stringify(app.value)}, but NODE_ENV is ${JSON.stringify(node.value)}`,
    hint: `unset one of them, or say what is meant with --env ${environmentNames.join("|")}`,
  };
}
