import type { TestContext } from "node:test";
import { freePort } from "./census.ts";
import type { EventOf } from "./events.ts";
import { type Gust, ask } from "./gust.ts";
import { type Files, Project } from "./project.ts";

interface Ports {
  readonly api: number;
  readonly worker: number;
}

/** Two services that read one package; the worker needs the api. */
export async function create(
  t: TestContext,
  more = "",
  files: Files = {},
): Promise<{ project: Project; ports: Ports }> {
  const ports = { api: await freePort(), worker: await freePort() };
  const project = await Project.create(t, "services", {
    "gust.toml": `
[[service]]
name = "worker"
package = "./worker"
port = ${ports.worker}
depends_on = ["api"]

[[service]]
name = "api"
package = "./api"
port = ${ports.api}
args = ["-v"]
env = { LEVEL = "debug" }
${more}`,
    ...files,
  });
  return { project, ports };
}

export const liveOf = (gust: Gust, name: string): Promise<EventOf<"live">> =>
  gust.next("live", (event) => event.service === name);

export const word = (text: string): string =>
  `package shared\n\n// Word.\nconst Word = "${text}"\n`;

export const own = (text: string): string => `package main\n\nconst own = "${text}"\n`;

export async function answer(port: number): Promise<string> {
  return (await ask("/", port)).body;
}
