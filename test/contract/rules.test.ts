import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { openRuleRunner } from "../../src/adapters/go/rules.ts";
import type { RuleOutcome } from "../../src/core/event.ts";
import type { RuleRunner } from "../../src/engine/ports.ts";
import { isRunning } from "../world/running.ts";
import { simpleProcesses } from "../world/simple-processes.ts";
import type { SimpleProcesses } from "../world/simple-processes.ts";
import { goEnv, tempFiles } from "../world/temp-module.ts";

interface Rules {
  readonly runner: RuleRunner;
  readonly processes: SimpleProcesses;
  readonly output: () => string;
  readonly dir: string;
}

async function openRules(t: TestContext, cmd: string, timeoutMs = 60_000): Promise<Rules> {
  const dir = await tempFiles(t, {});
  const processes = simpleProcesses();
  const written: Uint8Array[] = [];
  const runner = openRuleRunner({
    processes,
    platform: process.platform,
    dir,
    env: async () => goEnv({ WORD: "from the environment" }),
    rules: [
      { name: "unused", cmd: "exit 9", timeoutMs },
      { name: "templ", cmd, timeoutMs },
    ],
    ownDirs: () => [dir],
    output: (_, data) => written.push(data),
  });
  return { runner, processes, dir, output: () => Buffer.concat(written).toString() };
}

async function fails(
  t: TestContext,
  cmd: string,
  message: RegExp,
  timeoutMs?: number,
): Promise<void> {
  const { runner, processes } = await openRules(t, cmd, timeoutMs);
  const outcome = await runner.run(1, new AbortController().signal);
  assert.ok(outcome.type === "failed", JSON.stringify(outcome));
  assert.equal(outcome.failure.code, "RULE_FAILED");
  assert.match(outcome.failure.message, message);
  assert.equal(processes.alive.size, 0);
}

test("a rule runs its shell line in the directory, and its output is passed on", async (t) => {
  const { runner, output, dir } = await openRules(t, "echo $WORD && pwd >&2");
  const outcome = await runner.run(1, new AbortController().signal);
  assert.equal(outcome.type, "done", JSON.stringify(outcome));
  assert.match(output(), /from the environment/);
  assert.match(output(), new RegExp(dir));
});

test("a rule that fails is told by its name, its command and how it ended", async (t) => {
  await fails(
    t,
    "echo wrong; exit 3",
    /the rule templ failed \(exit status 3\): echo wrong; exit 3/,
  );
  await fails(t, "kill -SEGV $$", /killed by SIGSEGV/);
  await fails(t, "gust-no-such-tool", /gust-no-such-tool is not installed/);
  await fails(t, "sleep 1000", /took longer than 0\.2 s/, 200);
});

test("positions in the output of a generator are read", async (t) => {
  const { runner, dir } = await openRules(t, "echo 'views/a.templ:3:7: unclosed tag' >&2; exit 1");
  const outcome: RuleOutcome = await runner.run(1, new AbortController().signal);
  assert.ok(outcome.type === "failed");
  const [position] = outcome.failure.diagnostics ?? [];
  assert.deepEqual(position, {
    file: `${dir}/views/a.templ`,
    line: 3,
    column: 7,
    message: "unclosed tag",
    own: true,
  });
});

test("a cancelled rule leaves no process", async (t) => {
  const { runner, processes, output } = await openRules(t, "sleep 1000 & echo $!; wait");
  const controller = new AbortController();
  const running = runner.run(1, controller.signal);
  await processes.nextOutput();
  controller.abort();
  assert.deepEqual(await running, { type: "cancelled" });
  assert.equal(processes.alive.size, 0);
  assert.equal(isRunning(Number(output())), false);
});

test("a rule that is cancelled before it begins starts nothing", async (t) => {
  const { runner, processes } = await openRules(t, "echo never");
  assert.deepEqual(await runner.run(1, AbortSignal.abort()), { type: "cancelled" });
  assert.deepEqual(processes.spawned, []);
});

test("a rule that does not exist is a failure", async (t) => {
  const { runner } = await openRules(t, "true");
  const outcome = await runner.run(7, new AbortController().signal);
  assert.equal(outcome.type, "failed");
});
