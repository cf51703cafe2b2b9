import assert from "node:assert/strict";
import { test } from "node:test";
import { freePort } from "./census.ts";
import { Gust } from "./gust.ts";
import { fetchOnce, keptAgent } from "./http-client.ts";
import { startLoad } from "./load.ts";
import { Project } from "./project.ts";

const linux = process.platform === "linux" ? {} : { skip: "sockets are held on Linux only" };

const answer = (word: string): string =>
  `package main\n\nfunc answer() string { return "${word}" }\n`;

/** At its start the program does this; `imports` beside. */
const hooks = (body: string, ...imports: readonly string[]): string => `package main

import (
${imports.map((name) => `\t"${name}"\n`).join("")})

func atStart() {
${body}
}
`;

/** It waits for the lock of a file, as an embedded database does. */
const waitsForLock = hooks(
  `	file, err := os.OpenFile("data.lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil { panic(err) }
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil { panic(err) }
	kept = file
}

var kept *os.File

func init() {`,
  "os",
  "syscall",
);

/** It tries again and again. */
const triesLock = waitsForLock
  .replace(
    "if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil { panic(err) }",
    "for syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil { time.Sleep(time.Millisecond) }",
  )
  .replace('"syscall"', '"syscall"\n\t"time"');

/** It ends when it cannot have it. */
const endsWithoutLock = waitsForLock.replace(
  "syscall.LOCK_EX); err != nil { panic(err) }",
  'syscall.LOCK_EX|syscall.LOCK_NB); err != nil { println("data.lock: another process has it"); os.Exit(1) }',
);

const bindsUdp = (port: number): string =>
  hooks(
    `	packets, err := net.ListenPacket("udp", "127.0.0.1:${port}")
	if err != nil { panic(err) }
	kept = packets
}

var kept net.PacketConn

func init() {`,
    "net",
  );

const programs: readonly (readonly [what: string, source: string, why: RegExp])[] = [
  ["waits for a lock", waitsForLock, /it waits for the lock of .*data\.lock/],
  ["tries to get a lock again and again", triesLock, /it waits for the lock of .*data\.lock/],
  ["ends without a lock", endsWithoutLock, /the version before it has the lock of .*data\.lock/],
];

for (const [what, source, why] of programs) {
  test(
    `a program that ${what} is handed off, which is said once and remembered`,
    linux,
    async (t) => {
      const project = await Project.create(t, "web", { "hooks.go": source });
      const port = await freePort();
      const gust = await Gust.start(project, { port });
      await gust.next("live");
      const agent = keptAgent();
      const { localPort } = await fetchOnce({ port, agent });
      await project.save("answer.go", answer("two"));
      const chosen = await gust.next("handoff-chosen");
      assert.match(chosen.why, why);
      await gust.next("live", ({ generation }) => generation === 2);
      // Its client waited for the next version, on the connection that it had.
      const second = await fetchOnce({ port, agent });
      assert.deepEqual([second.body, second.localPort], ["two", localPort]);
      await gust.saveAndLive("answer.go", answer("three"));
      assert.equal((await fetchOnce({ port, agent })).localPort, localPort);
      agent.destroy();
      await gust.stop();
      assert.equal(gust.log.since(0, "handoff-chosen").length, 1);
      assert.equal(gust.log.since(0, "failed").length, 0);
      const again = await Gust.start(project, { port });
      await again.next("live");
      await again.saveAndLive("answer.go", answer("four"));
      assert.equal((await fetchOnce({ port })).body, "four");
      await again.stop();
      assert.equal(again.log.since(0, "handoff-chosen").length, 0);
    },
  );
}

test("a program with a UDP port is handed off from the first save on", linux, async (t) => {
  const udp = await freePort();
  const project = await Project.create(t, "web", { "hooks.go": bindsUdp(udp) });
  const gust = await Gust.start(project);
  await gust.next("live");
  await gust.next("state", ({ serving }) => serving?.addresses.length === 2);
  await project.save("answer.go", answer("two"));
  const { why } = await gust.next("handoff-chosen");
  assert.match(why, new RegExp(`udp 127\\.0\\.0\\.1:${udp}`));
  await gust.next("live", ({ generation }) => generation === 2);
  assert.equal((await fetchOnce({ port: gust.port })).body, "two");
  await gust.stop();
});

test("under load a handoff fails no request and closes no kept connection", linux, async (t) => {
  const project = await Project.create(t, "web", {
    "gust.toml": '[run]\nswap = "handoff"\nprobation = "200ms"\n',
  });
  const gust = await Gust.start(project);
  await gust.next("live");
  const load = startLoad(gust.port);
  t.after(() => load.stop());
  for (let number = 1; number <= 8; number += 1) {
    if (number % 4 === 0) {
      await project.save("hooks.go", hooks('panic("not this one")'));
      await gust.next("failed");
      await gust.next("rolled-back");
      await project.save("hooks.go", hooks(""));
    }
    await gust.saveAndLive("answer.go", answer(`${number}`));
    load.live(number);
  }
  const seen = await load.stop();
  assert.deepEqual(seen.failures, []);
  assert.deepEqual(seen.stale, []);
  assert.equal(seen.connections.size, 6);
  await gust.stop();
});
