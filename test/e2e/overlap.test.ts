import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { test } from "node:test";
import { freePort } from "./census.ts";
import { Gust, runGust } from "./gust.ts";
import { fetchOnce, keptAgent } from "./http-client.ts";
import { Project, answerFile, hooksFile } from "./project.ts";

const linux = process.platform === "linux" ? {} : { skip: "sockets are held on Linux only" };

const answer = (word: string): string =>
  `package main\n\nfunc answer() string { return "${word}" }\n`;

test(
  "a candidate that crashes, ends or hangs leaves the old version as it was",
  linux,
  async (t) => {
    const project = await Project.create(t, "service", {
      "gust.toml": '[ready]\ntimeout = "500ms"\n',
    });
    const gust = await Gust.start(project);
    const { pid } = await gust.next("live");
    const bad: readonly (readonly [hooks: string, code: string])[] = [
      [hooksFile({ atStart: 'panic("at start")' }), "CRASHED"],
      [hooksFile({ atStart: "os.Exit(7)" }), "START_EXITED"],
      [hooksFile({ atStart: "os.Exit(0)" }), "START_EXITED"],
      [
        hooksFile({ imports: ["time"], atStart: "for { time.Sleep(time.Hour) }" }),
        "START_NOT_READY",
      ],
    ];
    for (const [hooks, code] of bad) {
      await project.save("hooks.go", hooks);
      const failed = await gust.next("failed");
      assert.deepEqual([failed.failure.code, failed.serving], [code, 1]);
      assert.equal(await gust.get("/pid"), String(pid));
    }
    await gust.saveAndLive("hooks.go", hooksFile());
    assert.equal(gust.log.since(0, "rolled-back").length, 0);
    await gust.stop();
  },
);

test(
  "a crash in probation brings the last good version back on the same sockets",
  linux,
  async (t) => {
    const project = await Project.create(t, "service", {
      "gust.toml": '[run]\nprobation = "60s"\n',
    });
    const gust = await Gust.start(project);
    await gust.next("live");
    await gust.saveAndLive("answer.go", answerFile("two"));
    await gust.provoke("/exit/3");
    // Nobody is refused meanwhile: who comes now waits in the queue.
    const waiting = gust.get();
    await gust.next("rolled-back");
    assert.equal(await waiting, "one");
    await gust.stop();
  },
);

test(
  "an old version that ignores the signal is killed when the new one serves, with what it still did",
  linux,
  async (t) => {
    const project = await Project.create(t, "service", {
      "hooks.go": hooksFile({
        imports: ["os/signal", "syscall", "time"],
        atStart: "signal.Ignore(syscall.SIGTERM); go linger()",
        more: "func linger() { for { time.Sleep(time.Hour) } }",
      }),
      "gust.toml": '[run]\nstop_timeout = "200ms"\ndrain_timeout = "100ms"\n',
    });
    const gust = await Gust.start(project);
    await gust.next("live");
    const open = connect(gust.port, "127.0.0.1");
    await once(open, "connect");
    // The program has accepted what came before an answer of it.
    await gust.get();
    await gust.saveAndLive("answer.go", answerFile("two"));
    assert.equal(await gust.get(), "two");
    const { forced, drain } = await gust.next("stopped");
    assert.equal(forced, true);
    assert.equal(drain.cut, 1);
    assert.ok((drain.descriptors ?? 0) > 0);
    const names = drain.goroutines.map((group) => group.function);
    assert.ok(names.includes("main.linger"), names.join());
    assert.ok(names.includes("main.serve"), names.join());
    open.destroy();
    await gust.stop();
  },
);

test("that a program never calls Shutdown is said once, with the line", linux, async (t) => {
  const project = await Project.create(t, "answers");
  const gust = await Gust.start(project);
  await gust.next("live");
  await project.edit("main.go", "hello", "hello again");
  const said = await gust.next("ends-at-once");
  assert.equal(said.signal, "SIGTERM");
  assert.deepEqual([said.main?.function, said.main?.file], ["main.main", project.path("main.go")]);
  await gust.next("stopped");
  await project.edit("main.go", "hello again", "hello");
  await gust.next("stopped");
  await gust.stop();
  assert.equal(gust.log.since(0, "ends-at-once").length, 1);
});

test("gust wait --serving asks the program which build answers", linux, async (t) => {
  const project = await Project.create(t, "web");
  const gust = await Gust.start(project);
  await gust.next("live");
  await project.save("answer.go", answer("two"));
  const args = ["wait", "--serving"];
  const asked = await runGust(project, { args, json: false });
  assert.deepEqual([asked.code, asked.stdout], [0, "#2 answers\n"], asked.stderr);
  const status = await runGust(project, { args: ["status"], json: false });
  assert.match(status.stdout, /^swap +overlap$/m);
  const doctor = await runGust(project, { args: ["doctor"], json: false });
  assert.match(doctor.stdout, /^ok +swap +overlap: the new version is ready before/m);
  await gust.stop();
});

test("a program that cannot tell its build is not taken for proof", linux, async (t) => {
  const project = await Project.create(t, "service");
  const gust = await Gust.start(project);
  await gust.next("live");
  const asked = await runGust(project, { args: ["wait", "--serving"], json: false });
  assert.equal(asked.code, 1);
  assert.match(asked.stderr, /#1 is live, but the program does not tell which build answers/);
  await gust.stop();
});

test(
  "listeners of both families, and one that comes late, go on without a gap",
  linux,
  async (t) => {
    const late = await freePort();
    const hooks = (word: string): string => `package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"time"
)

func atStart() {
	first, err := net.Listen("tcp", ":"+os.Getenv("PORT"))
	if err != nil {
		panic(err)
	}
	go http.Serve(first, nil)
	os.Setenv("PORT", "0")
	go func() {
		time.Sleep(50 * time.Millisecond)
		second, err := net.Listen("tcp4", "127.0.0.1:${late}")
		if err != nil {
			panic(err)
		}
		http.Serve(second, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "${word}") }))
	}()
}
`;
    const project = await Project.create(t, "web", { "hooks.go": hooks("late one") });
    const gust = await Gust.start(project);
    await gust.next("live");
    await gust.next("state", ({ serving }) => serving?.addresses.length === 3);
    const [agent, other] = [keptAgent(), keptAgent()];
    const before = await fetchOnce({ port: late, agent });
    const six = await fetchOnce({ host: "::1", port: gust.port, agent: other });
    assert.deepEqual([before.body, six.body], ["late one", "0"]);
    const live = await gust.saveAndLive("hooks.go", hooks("late two"));
    assert.deepEqual([live.downtimeMs, live.missing], [0, []]);
    const after = await fetchOnce({ port: late, agent });
    assert.deepEqual([after.body, after.localPort], ["late two", before.localPort]);
    const again = await fetchOnce({ host: "::1", port: gust.port, agent: other });
    assert.equal(again.localPort, six.localPort);
    assert.equal((await fetchOnce({ port: gust.port })).localPort > 0, true);
    agent.destroy();
    other.destroy();
    await gust.stop();
  },
);

test("a connection that has moved may be idle for as long as before", linux, async (t) => {
  const project = await Project.create(t, "web");
  await project.edit(
    "main.go",
    "server := &http.Server{",
    "server := &http.Server{ReadHeaderTimeout: 300 * time.Millisecond, IdleTimeout: time.Minute, ",
  );
  const gust = await Gust.start(project);
  await gust.next("live");
  const { port } = gust;
  const agent = keptAgent();
  const { localPort } = await fetchOnce({ port, agent });
  await gust.saveAndLive("answer.go", answer("two"));
  // Another build takes longer than the time for a header.
  await gust.saveAndLive("answer.go", answer("three"));
  const moved = await fetchOnce({ port, agent });
  assert.deepEqual([moved.body, moved.localPort], ["three", localPort]);
  agent.destroy();
  await gust.stop();
});

test(
  "a program that replaces itself keeps its address, and is swapped with a gap",
  linux,
  async (t) => {
    const project = await Project.create(t, "web", {
      "hooks.go": `package main

import (
	"net"
	"os"
	"syscall"
)

func atStart() {
	if os.Getenv("AGAIN") != "" {
		return
	}
	if _, err := net.Listen("tcp", "127.0.0.1:"+os.Getenv("PORT")); err != nil {
		panic(err)
	}
	os.Setenv("AGAIN", "1")
	panic(syscall.Exec(os.Args[0], os.Args, os.Environ()))
}
`,
    });
    const gust = await Gust.start(project);
    await gust.next("live");
    await gust.answersNow("0");
    await project.save("answer.go", answer("two"));
    await gust.answersNow("two");
    await gust.stop();
  },
);

test("a program may have the names that gust's files use", linux, async (t) => {
  const project = await Project.create(t, "web", {
    "names.go":
      "package main\n\nvar strings, reflect, strconv, bufio, atomic = 1, 2, 3, 4, 5\n\n" +
      "type uintptr string\n\nfunc len() {}\n\nfunc append() {}\n",
  });
  const gust = await Gust.start(project);
  await gust.next("live");
  const live = await gust.saveAndLive("answer.go", answer("two"));
  assert.equal(live.downtimeMs, 0);
  assert.deepEqual(gust.log.since(0, "warned"), []);
  await gust.stop();
});

const streams = `package main

import (
	"bufio"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"net/http"
	"time"
)

func atStart() {
	http.HandleFunc("/events", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for {
			fmt.Fprintf(w, "data: %s\\n\\n", answer())
			w.(http.Flusher).Flush()
			select {
			case <-r.Context().Done():
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	})
	http.HandleFunc("/ws", func(w http.ResponseWriter, r *http.Request) {
		sum := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
		c, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		defer c.Close()
		fmt.Fprintf(c, "HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\n"+
			"Sec-WebSocket-Accept: %s\\r\\n\\r\\n", base64.StdEncoding.EncodeToString(sum[:]))
		_, _ = bufio.NewReader(c).ReadByte()
	})
}
`;

test(
  "streams are closed in order and after the rest, so that clients come again",
  linux,
  async (t) => {
    const project = await Project.create(t, "web", { "hooks.go": streams });
    const gust = await Gust.start(project);
    await gust.next("live");
    const { port } = gust;
    const ended: string[] = [];
    const events = request({
      port,
      host: "127.0.0.1",
      path: "/events",
      headers: { accept: "text/event-stream" },
    });
    events.end();
    const [answered] = await once(events, "response");
    answered.resume();
    await once(answered, "data");
    // A clean end of the chunked answer: EventSource connects again.
    const eventsEnded = once(answered, "end").then(() => ended.push("events"));
    const upgrade = request({
      port,
      host: "127.0.0.1",
      path: "/ws",
      headers: {
        connection: "Upgrade",
        upgrade: "websocket",
        "sec-websocket-key": "AAAA",
        "sec-websocket-version": "13",
      },
    });
    upgrade.end();
    const [, socket] = await once(upgrade, "upgrade");
    const closed = once(socket, "data").then(([data]) => {
      ended.push("websocket");
      socket.end(Buffer.from([0x88, 0x82, 0, 0, 0, 0, ...data.subarray(2)]));
      return data;
    });
    const slow = fetchOnce({ port, path: "/slow" }).then(({ body }) => ended.push(`slow ${body}`));
    // The slow request has begun when another one is answered.
    await fetchOnce({ port });
    await gust.saveAndLive("answer.go", answer("two"));
    const { drain } = await gust.next("stopped");
    await Promise.all([eventsEnded, slow]);
    // A Close frame, 1012: service restart.
    assert.deepEqual([...(await closed)], [0x88, 2, 1012 >> 8, 1012 & 0xff]);
    assert.deepEqual(ended, ["slow 0", "events", "websocket"]);
    assert.deepEqual([drain.closed, drain.cut], [2, 0]);
    await gust.stop();
  },
);
