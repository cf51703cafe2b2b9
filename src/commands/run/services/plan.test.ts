import assert from "node:assert/strict";
import { test } from "node:test";
import type { ProcessConfig, ServiceConfig } from "../../../config/config.ts";
import { nameOf, planMembers } from "./plan.ts";

const member = {
  dir: "/p",
  env: {},
  envFiles: [],
  port: 0,
  health: null,
  readyLog: null,
};
const service = (name: string, ...dependsOn: readonly string[]): ServiceConfig => ({
  ...member,
  name,
  dependsOn,
  package: `./${name}`,
  args: [],
});
const process = (name: string, ...dependsOn: readonly string[]): ProcessConfig => ({
  ...member,
  name,
  dependsOn,
  cmd: "true",
  restart: "never",
  restartDelayMs: 0,
});

test("members come after all that they need, and what is not named and not needed stays out", () => {
  const config = {
    services: [service("web", "api"), service("api", "db", "auth"), service("auth"), service("x")],
    processes: [process("db"), process("seed", "db")],
  };
  const check = (wanted: readonly string[], expected: string): void => {
    const plan = planMembers(config, wanted);
    const text =
      "code" in plan
        ? `${plan.message}: ${plan.hint ?? ""}`
        : plan.map((one) => `${nameOf(one)}:${one.rank}`).join(" ");
    assert.equal(text, expected);
  };
  check([], "db:0 auth:0 x:0 seed:1 api:1 web:2");
  check(["web"], "db:0 auth:0 api:1 web:2");
  check(["auth"], "auth:0");
  check(["x", "seed"], "db:0 x:0 seed:1");
  check(["api", "api"], "db:0 auth:0 api:1");
  check(["wep"], 'there is no service "wep": did you mean web?');
  check(["./cmd/api"], 'there is no service "./cmd/api": there are db, seed, web, api, auth, x');
});
