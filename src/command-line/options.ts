import type { OptionDefinition } from "./definition.ts";

/* Options that several commands have. */

export const config: OptionDefinition = {
  flags: "-c, --config <file>",
  text: "configuration file instead of gust.toml or .air.toml",
};
export const root: OptionDefinition = {
  flags: "--root <dir>",
  text: "work as if gust had been started in this directory",
};
export const environment: OptionDefinition = {
  flags: "--env <name>",
  text: "dev, staging or prod, whatever APP_ENV and NODE_ENV say",
};
export const program: OptionDefinition = {
  flags: "--program <name>",
  text: "the service, the main package, or the pid of its gust, where several of a project run",
};
export const color: OptionDefinition = {
  flags: "--color <when>",
  text: "colours of gust's own lines",
  choices: ["auto", "always", "never"],
};
export const trace: OptionDefinition = {
  flags: "-x",
  text: "show the commands that gust runs: go, compilers, rules, with their arguments",
};
export const json: OptionDefinition = {
  flags: "--json",
  text: "one JSON object a line, for programs",
};

/** Of all commands that read the configuration: which project, and which configuration of it. */
export const ofProject: readonly OptionDefinition[] = [config, root, environment];
