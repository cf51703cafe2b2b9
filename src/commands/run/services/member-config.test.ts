import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { good, options, project } from "../../../../test/support/config-project.ts";
import { foreignDirs, shareOf, variablesOf } from "./member-config.ts";
import { planMembers } from "./plan.ts";

test("each service has the configuration of all, and what is its own", async (t) => {
  const dir = await project(t, {
    "gust.toml": `
env_files = [".env"]
[health]
path = "/ping"
[ready]
log = "all ready"
[run]
swap = "overlap"
[[process]]
name = "web"
cmd = "vite"
restart = "never"
port = 5173
[[service]]
name = "api"
dir = "services/api"
package = "."
args = ["-v"]
port = 8081
health = "ready"
env = { A = "1=2", PORT = "9" }
env_files = ["services/api/.env"]
[[service]]
name = "plain"
package = "./cmd/plain"
`,
  });
  const loaded = await good(options(dir));
  const members = planMembers(loaded.config, []);
  assert.ok(!("code" in members));
  const [web, api, plain] = members.map((member) => {
    const share = shareOf(loaded, member);
    assert.ok("config" in share);
    const { config } = share;
    return {
      dir: config.dir,
      package: config.package,
      start: config.start.type,
      args: config.args,
      ports: config.ready.ports,
      log: config.ready.log,
      health: config.health.path,
      env: config.envFiles,
      swap: config.run.swap,
      restart: config.run.restart,
      variables: variablesOf(config),
    };
  });
  const env = [join(dir, ".env")];
  const shared = { log: "all ready", health: "/ping", env, swap: "overlap", restart: "never" };
  assert.deepEqual(plain, {
    ...shared,
    dir,
    package: "./cmd/plain",
    start: "built",
    args: [],
    ports: [],
    variables: {},
  });
  assert.deepEqual(api, {
    ...shared,
    dir: join(dir, "services/api"),
    package: ".",
    start: "built",
    args: ["-v"],
    ports: [8081],
    health: "/ready",
    env: [...env, join(dir, "services/api/.env")],
    variables: { PORT: "9", A: "1=2" },
  });
  assert.deepEqual(web, {
    dir,
    package: "",
    start: "shell",
    args: [],
    ports: [5173],
    log: null,
    health: null,
    env,
    swap: "stop-start",
    restart: "never",
    variables: { PORT: "5173" },
  });
});

test("a template belongs to the service whose package it lies under, else to all", () => {
  checkDirs("/m/api", ["/m/api", "/m/worker", "/m/worker"], ["/m/worker"]);
  checkDirs("/m/api", ["/m"], []);
  checkDirs("/m", ["/m", "/m/api"], ["/m/api"]);
  checkDirs("/m/api", ["/m/api-two"], ["/m/api-two"]);
});

function checkDirs(own: string, others: readonly string[], expected: readonly string[]): void {
  assert.deepEqual(foreignDirs(own, others), expected);
}
