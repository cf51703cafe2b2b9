import assert from "node:assert/strict";
import { test } from "node:test";
import { decideEnvironment, usualEnvFiles } from "./environment.ts";

interface Asked {
  readonly flag?: string;
  readonly app?: string;
  readonly node?: string;
  readonly production?: boolean;
  readonly testing?: boolean;
}

function decide({ flag, app, node, production, testing = false }: Asked): string {
  const decided = decideEnvironment({
    flag,
    env: { APP_ENV: app, NODE_ENV: node },
    production: production === true,
    testing,
  });
  if ("code" in decided) return `${decided.message} | ${decided.hint ?? ""}`;
  const { origin } = decided;
  const by = origin.type === "variable" ? `${origin.name}=${origin.value}` : origin.type;
  return `${decided.name} by ${by}`;
}

function check(asked: Asked, expected: string): void {
  assert.equal(decide(asked), expected);
}

function refused(asked: Asked, expected: RegExp): void {
  assert.match(decide(asked), expected);
}

test("the environment is what --env says, else APP_ENV and NODE_ENV, else dev", () => {
  check({}, "dev by default");
  check({ app: "", node: " " }, "dev by default");
  check({ flag: "staging" }, "staging by flag");
  check({ flag: "Production" }, "prod by flag");
  check({ flag: "dev", app: "production", node: "test" }, "dev by flag");
  check({ app: "dev" }, "dev by APP_ENV=dev");
  check({ app: "local" }, "dev by APP_ENV=local");
  check({ node: "development" }, "dev by NODE_ENV=development");
  check({ node: "production" }, "prod by NODE_ENV=production");
  check({ node: "staging" }, "staging by NODE_ENV=staging");
  check({ production: true }, "prod by default");
  check({ production: true, app: "eu-west" }, "prod by default");
  check({ production: true, app: "staging" }, "staging by APP_ENV=staging");
});

test("for tests a word that gust does not know decides nothing, as NODE_ENV=test does in CI", () => {
  check({ testing: true, node: "test" }, "dev by default");
  check({ testing: true, app: "testing", node: "production" }, "prod by NODE_ENV=production");
  check({ testing: true, app: "staging" }, "staging by APP_ENV=staging");
  refused({ testing: true, flag: "test" }, /^--env must be one of/);
});

test("the table of NODE_ENV and APP_ENV: staging is said by APP_ENV, whatever NODE_ENV says", () => {
  check({ node: "development", app: "dev" }, "dev by APP_ENV=dev");
  check({ node: "development", app: "staging" }, "staging by APP_ENV=staging");
  check({ node: "production", app: "staging" }, "staging by APP_ENV=staging");
  check({ node: "production", app: "prod" }, "prod by APP_ENV=prod");
});

test("variables that contradict each other, and values that gust does not know, are errors", () => {
  refused(
    { app: "production", node: "development" },
    /^APP_ENV is "production", but NODE_ENV is "development" \| .*--env/,
  );
  refused({ app: "dev", node: "production" }, /^APP_ENV is "dev", but NODE_ENV is "production"/);
  refused({ app: "qa" }, /^APP_ENV is "qa", which gust does not know.*--env dev\|staging\|prod/);
  refused({ node: "test" }, /^NODE_ENV is "test", which gust does not know/);
  refused({ app: "dev", node: "test" }, /^NODE_ENV is "test"/);
  refused(
    { flag: "stagging" },
    /^--env must be one of.*not "stagging" \| did you mean --env staging/,
  );
  refused({ flag: "qa" }, /^--env must be one of dev, staging, prod, not "qa" \| $/);
});

test("env files have the order that programs of godotenv have, in both spellings", () => {
  assert.deepEqual(usualEnvFiles("dev"), [
    ".env",
    ".env.development",
    ".env.dev",
    ".env.local",
    ".env.development.local",
    ".env.dev.local",
  ]);
  assert.deepEqual(usualEnvFiles("staging"), [
    ".env",
    ".env.staging",
    ".env.local",
    ".env.staging.local",
  ]);
});
