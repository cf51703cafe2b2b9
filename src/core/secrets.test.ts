import assert from "node:assert/strict";
import { test } from "node:test";
import { isSecretName, secretsOf, withoutSecrets, wordsWithoutSecrets } from "./secrets.ts";

test("names that promise a secret are known in all spellings", () => {
  for (const name of ["DB_PASSWORD", "apiKey", "GITHUB_TOKEN", "SENTRY_DSN", "client-secret"]) {
    assert.equal(isSecretName(name), true, name);
  }
  for (const name of ["PATH", "KEYBOARD", "MONKEY_ISLAND", "no-keys", "PORT", "MAX_TOKENS"]) {
    assert.equal(isSecretName(name), false, name);
  }
});

function check(text: string, expected: string): void {
  assert.equal(withoutSecrets(text), expected);
}

test("a text loses the values of secret names, and passwords in URLs, and keeps all else", () => {
  check("DB_PASSWORD=hunter22 ./tmp/main", "DB_PASSWORD=*** ./tmp/main");
  check("API_KEY='a b c' ./tmp/main -v", "API_KEY=*** ./tmp/main -v");
  check("./main --token abc --port 8080", "./main --token *** --port 8080");
  check("./main --api-key=abc -v", "./main --api-key=*** -v");
  check('{"password": "p", "user": "u"}', '{"password": ***, "user": "u"}');
  check("dial postgres://me:hunter2@db:5432/app", "dial postgres://me:***@db:5432/app");
  check("redis://:hunter2@cache", "redis://:***@cache");
  check("http://localhost:8080/a@b", "http://localhost:8080/a@b");
  check("main.go:12:3: undefined: key", "main.go:12:3: undefined: key");
  check("go build -o ./tmp/main .", "go build -o ./tmp/main .");
  check("the key is missing", "the key is missing");
});

test("what is known to be a secret is nowhere in a text", () => {
  const known = secretsOf({
    STRIPE_KEY: "sk_live_123",
    DATABASE_URL: "postgres://me:hunter22@db/app",
    USE_TOKEN: "true",
    API_TOKEN: "abc",
    HOME: "/home/me",
    GONE_KEY: undefined,
  });
  assert.deepEqual(known, ["sk_live_123", "hunter22"]);
  const text = "panic: bad key sk_live_123 (hunter22), true abc /home/me";
  assert.equal(withoutSecrets(text, known), "panic: bad key *** (***), true abc /home/me");
});

test("in a command the word after a secret name is one", () => {
  assert.deepEqual(wordsWithoutSecrets(["./main", "--token", "abc", "--keys", "-v", "x"]), [
    "./main",
    "--token",
    "***",
    "--keys",
    "-v",
    "x",
  ]);
});
