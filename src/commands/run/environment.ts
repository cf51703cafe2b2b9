import { existsSync } from "node:fs";
import { relative } from "node:path";
import type { Loaded } from "../../config/config.ts";
import type { Failure } from "../../core/failure.ts";

/** In prod nothing is watched: a save there must not become live. */
export function refuseToWatch({ environment }: Loaded): Failure | null {
  if (environment.name !== "prod") return null;
  const { origin } = environment;
  const by =
    origin.type === "variable" ? `${origin.name} is ${JSON.stringify(origin.value)}` : "--env prod";
  return {
    code: "ENVIRONMENT_UNWATCHED",
    message: `gust does not watch in prod (${by})`,
    hint: "run a ready program with `gust serve ./server`, or say --env dev where this is a machine of yours",
  };
}

/** One line about the environment, where there is something to say; null in a plain dev. */
export function environmentLine(loaded: Loaded): string | null {
  const { environment, config, origins } = loaded;
  const { name, origin } = environment;
  const files = config.envFiles
    .filter((file) => existsSync(file))
    .map((file) => relative(config.root, file));
  const found = origins.get("env_files")?.type === "default" ? files : [];
  const by =
    origin.type === "variable" ? ` (${origin.name})` : origin.type === "flag" ? " (--env)" : "";
  const what = name === "staging" ? ": saves are built, and live when you ask for it" : "";
  const read = found.length === 0 ? "" : ` — reads ${found.join(", ")}`;
  return name === "dev" && read === "" ? null : `${name}${by}${what}${read}`;
}
