import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { type TestContext, test } from "node:test";
import { type HookOptions, openHooks } from "../../src/commands/run/hooks.ts";
import type { Failure } from "../../src/core/failure.ts";
import type { Notice } from "../../src/core/notice.ts";
import { simpleProcesses } from "../world/simple-processes.ts";
import { tempFiles } from "../world/temp-module.ts";
import { calmView } from "../world/views.ts";

const view = calmView({ newest: 3 });

const hostile = `"$(touch pwned)" \`touch pwned\` ; touch pwned\n--hint=int:x:1 'a' \\ <b> &`;

const failed = (message: string): Notice => ({
  type: "failed",
  generation: 3,
  cause: { type: "first" },
  failure: {
    code: "BUILD_FAILED",
    message,
    diagnostics: [{ file: `/app/${message}.go`, line: 7, column: 2, message, own: true }],
  },
  serving: null,
  lead: [],
  totalMs: 9,
  phases: [],
});

const never = { desktop: "never", terminal: "never" } as const;
const noHooks = { onLive: [], onFailure: [], onRollback: [], timeoutMs: 20_000 };

async function open(
  t: TestContext,
  config: {
    readonly hooks?: Partial<ReturnType<HookOptions["now"]>["config"]["hooks"]>;
    readonly notify?: Partial<ReturnType<HookOptions["now"]>["config"]["notify"]>;
  },
) {
  const dir = await tempFiles(t, {});
  const processes = simpleProcesses();
  const warned: Failure[] = [];
  const typed: string[] = [];
  const news = new EventEmitter<{ change: [] }>();
  const change = (): boolean => news.emit("change");
  const changed = async (): Promise<void> => void (await once(news, "change"));
  const pids = new Set<number>();
  const fake = join(dir, "notify-send");
  await writeFile(fake, '#!/bin/sh\nprintf "%s\\0" "$@" > "$OUT"\n');
  await chmod(fake, 0o755);
  const env = {
    PATH: `${dir}${delimiter}${process.env["PATH"] ?? ""}`,
    OUT: join(dir, "out"),
    GUST_FILE: "of an outer gust",
  };
  const hooks = openHooks({
    processes,
    platform: "linux",
    name: "api",
    now: () => ({
      config: {
        dir,
        root: "/app",
        hooks: { ...noHooks, ...config.hooks },
        notify: { ...never, ...config.notify },
      },
      env: () => Promise.resolve(env),
    }),
    warn: (failure) => {
      warned.push(failure);
      change();
    },
    onProcess: (pid, alive) => {
      if (alive) pids.add(pid);
      else pids.delete(pid);
      if (!alive) change();
    },
    terminal: (text) => void typed.push(text),
  });
  t.after(() => hooks.close());
  return { dir, hooks, processes, warned, typed, changed, out: join(dir, "out") };
}

test("a hook gets the facts in its environment, whatever they look like, and no shell sees them", async (t) => {
  const script =
    'printf "%s\\0" "$GUST_EVENT" "$GUST_MESSAGE" "$GUST_FILE" "$GUST_LINE" "$1" > "$OUT"';
  const { dir, hooks, changed, out, warned, processes } = await open(t, {
    hooks: { onFailure: ["sh", "-c", script, "hook", "$(touch pwned)"] },
  });
  const over = changed();
  hooks.notice(failed(hostile), view);
  await over;
  const seen = (await readFile(out, "utf8")).split("\0");
  assert.deepEqual(seen, ["failure", hostile, `/app/${hostile}.go`, "7", "$(touch pwned)", ""]);
  await assert.rejects(readFile(join(dir, "pwned")));
  assert.deepEqual(warned, []);
  assert.deepEqual(
    processes.spawned.map(({ nice, dir: at }) => [nice, at]),
    [[10, dir]],
  );
});

test("a notification of the desktop gets its texts as arguments", async (t) => {
  const { dir, hooks, changed, out } = await open(t, { notify: { desktop: "failure" } });
  const over = changed();
  hooks.notice(failed(hostile), view);
  await over;
  const seen = (await readFile(out, "utf8")).split("\0");
  assert.deepEqual(seen.slice(0, 4), [
    "--app-name=gust",
    "--urgency=critical",
    "--",
    "api: #3 is not live",
  ]);
  assert.equal(seen.length, 6);
  assert.match(seen[4] ?? "", /\$\(touch pwned\).*--hint=int:x:1.*&lt;b&gt; &amp;$/);
  await assert.rejects(readFile(join(dir, "pwned")));
});

test("a terminal gets its notification besides", async (t) => {
  const { hooks, typed } = await open(t, { notify: { terminal: "failure" } });
  hooks.notice(failed("no"), view);
  hooks.notice({ type: "rolled-back", from: 3, to: 2, why: "crashed" }, view);
  assert.equal(typed.length, 2);
  assert.match(typed[0] ?? "", /is not live/);
});

test("a hook that fails again and again is told of once, until it works again", async (t) => {
  const { dir, hooks, changed, warned } = await open(t, {
    hooks: { onFailure: ["sh", "-c", "test -e good || { echo oh no; exit 3; }"] },
  });
  const call = async (): Promise<void> => {
    const over = changed();
    hooks.notice(failed("no"), view);
    await over;
    // The end of the process comes before what is made of it.
    await new Promise((resolve) => setImmediate(resolve));
  };
  await call();
  await call();
  assert.deepEqual(warned, [
    {
      code: "HOOK_FAILED",
      message: "hooks.on_failure failed: exit status 3",
      seen: "oh no",
    },
  ]);
  await writeFile(join(dir, "good"), "");
  await call();
  assert.equal(warned.length, 1);
});

test("a hook that cannot be run is told", async (t) => {
  const { hooks, changed, warned } = await open(t, {
    hooks: { onFailure: ["gust-no-such-program"] },
  });
  const over = changed();
  hooks.notice(failed("no"), view);
  await over;
  assert.equal(warned[0]?.message, "hooks.on_failure could not be run");
});

test("a hook that takes too long is ended", async (t) => {
  const { hooks, changed, warned, processes } = await open(t, {
    hooks: { onFailure: ["sh", "-c", "sleep 1000 & wait"], timeoutMs: 50 },
  });
  const over = changed();
  hooks.notice(failed("no"), view);
  await over;
  await new Promise((resolve) => setImmediate(resolve));
  assert.match(warned[0]?.message ?? "", /longer than hooks\.timeout/);
  assert.equal(processes.alive.size, 0);
});

test("at the end a hook is ended with its children, and nothing is told of it", async (t) => {
  const { hooks, warned, processes } = await open(t, {
    hooks: { onFailure: ["sh", "-c", "echo up; sleep 1000 & wait"] },
  });
  const up = processes.nextOutput();
  hooks.notice(failed("no"), view);
  await up;
  await hooks.close();
  assert.equal(processes.alive.size, 0);
  assert.deepEqual(warned, []);
});
