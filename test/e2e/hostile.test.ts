import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { hasProc } from "./census.ts";
import { PATIENCE_MS } from "./events.ts";
import { Gust } from "./gust.ts";
import { Project, answerFile, hooksFile } from "./project.ts";

const linux = hasProc
  ? {}
  : { skip: "only Linux can prove that processes in other sessions ended" };

const ignoringSignals = hooksFile({
  imports: ["os/signal", "syscall"],
  atStart: "signal.Ignore(syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)",
});

/** The program starts itself once more in a session of its own; only that one listens. */
const childListens = (parent: string): string =>
  hooksFile({
    imports: ["os/exec", "os/signal", "syscall"],
    atStart: `signal.Ignore(syscall.SIGTERM)
	if os.Getenv("CHILD") != "" { return }
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), "CHILD=1")
	child.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if child.Start() != nil { os.Exit(9) }
	${parent}`,
  });

/** With an overlap the old version ends when the new one is live already. */
const stopStart = { args: ["--run.swap=stop-start"] };

test("a program that ignores the signal is killed after the time-out, and replaced", async (t) => {
  const project = await Project.create(t, "service", {
    "hooks.go": ignoringSignals,
    "gust.toml": '[run]\nstop_timeout = "200ms"\n',
  });
  const gust = await Gust.start(project, stopStart);
  await gust.next("live");
  await project.save("answer.go", answerFile("two"));
  const stopped = await gust.next("stopped");
  assert.equal(stopped.forced, true);
  await gust.next("live");
  assert.equal(await gust.get(), "two");
  await gust.stop();
});

test("a program may take the time that it needs to end", async (t) => {
  const project = await Project.create(t, "service", {
    "hooks.go": hooksFile({
      imports: ["os/signal", "syscall", "time", "fmt"],
      atStart: `signals := make(chan os.Signal, 9)
	signal.Notify(signals, syscall.SIGTERM)
	go func() {
		<-signals
		fmt.Println("ending")
		time.Sleep(300 * time.Millisecond)
		fmt.Println("signals while ending:", len(signals))
		os.Exit(0)
	}()`,
    }),
  });
  const gust = await Gust.start(project, stopStart);
  await gust.next("live");
  await project.save("answer.go", answerFile("two"));
  const stopped = await gust.next("stopped");
  assert.equal(stopped.forced, false);
  await gust.next("live");
  await gust.printed(/ending\nsignals while ending: 0\n/);
  await gust.stop();
});

test(
  "a child in a session of its own that holds the port ends with its version",
  linux,
  async (t) => {
    const project = await Project.create(t, "service", {
      "hooks.go": childListens("child.Wait(); os.Exit(1)"),
      "gust.toml": '[run]\nstop_timeout = "200ms"\n',
    });
    const gust = await Gust.start(project);
    const first = await gust.next("live");
    const child = await gust.get("/pid");
    assert.notEqual(child, String(first.pid));
    await gust.saveAndLive("answer.go", answerFile("two"));
    await gust.next("state", ({ live, activity }) => live && activity === "idle");
    assert.equal(await gust.get(), "two");
    assert.equal(gust.processes().has(Number(child)), false);
    await gust.stop();
  },
);

test(
  "a child that outlives a program that crashed is killed, and the port is free",
  linux,
  async (t) => {
    const project = await Project.create(t, "service", {
      "hooks.go": childListens("syscall.Pause(); os.Exit(1)"),
      "gust.toml": "[run]\nprobation = 0\n",
    });
    const gust = await Gust.start(project);
    const live = await gust.next("live");
    const child = Number(await gust.get("/pid"));
    process.kill(live.pid, "SIGKILL");
    const crashed = await gust.next("crashed");
    assert.match(crashed.failure.message, /SIGKILL/);
    const killed = await gust.next("killed-leftovers");
    assert.equal(killed.count, 1);
    assert.equal(gust.processes().has(child), false);
    await gust.saveAndLive("hooks.go", hooksFile());
    await gust.stop();
  },
);

test("a program that makes itself a daemon does not stay behind", linux, async (t) => {
  const project = await Project.create(t, "service", { "hooks.go": childListens("os.Exit(0)") });
  const gust = await Gust.start(project);
  await gust.next("killed-leftovers");
  assert.equal(gust.log.since(0, "finished").length + gust.log.since(0, "failed").length, 1);
  await gust.saveAndLive("hooks.go", hooksFile());
  assert.equal(await gust.get(), "one");
  await gust.stop();
});

test("fifty children in sessions of their own end with their version", linux, async (t) => {
  const project = await Project.create(t, "service", {
    "hooks.go": hooksFile({
      imports: ["os/exec", "syscall"],
      atStart: `for n := 0; n < 50; n++ {
		child := exec.Command("sleep", "600")
		child.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
		if child.Start() != nil { os.Exit(9) }
	}`,
    }),
    "gust.toml": '[run]\nstop_timeout = "200ms"\n',
  });
  const gust = await Gust.start(project, stopStart);
  await gust.next("live");
  const sleepers = (): number =>
    [...gust.processes().values()].filter((command) => command === "sleep 600").length;
  // A process has its name a moment after it was started.
  while (sleepers() !== 50) await new Promise((resolve) => setTimeout(resolve, 5));
  await gust.saveAndLive("hooks.go", hooksFile());
  assert.equal(sleepers(), 0);
  await gust.stop();
});

test("a program that closes its output is live and can be replaced", async (t) => {
  const project = await Project.create(t, "service", {
    "hooks.go": hooksFile({ atStart: "os.Stdin.Close(); os.Stdout.Close(); os.Stderr.Close()" }),
  });
  const gust = await Gust.start(project);
  await gust.next("live");
  assert.equal(await gust.get(), "one");
  await gust.saveAndLive("answer.go", answerFile("two"));
  assert.equal(await gust.get(), "two");
  await gust.stop();
});

test("a line of 10 MB and what follows arrive whole and in order", async (t) => {
  const project = await Project.create(t, "service", {
    "hooks.go": hooksFile({
      imports: ["bytes", "fmt"],
      atStart: `os.Stdout.Write(bytes.Repeat([]byte("0123456789"), 1 << 20)); fmt.Println("|end")`,
    }),
  });
  const gust = await Gust.start(project);
  await gust.next("live");
  const expected = `${"0123456789".repeat(1 << 20)}|end\n`;
  assert.equal(digest(await gust.heard("stdout", expected.length)), digest(expected));
  await gust.stop();
});

test("a flood of lines on both streams arrives whole, each stream in order", async (t) => {
  const count = 200_000;
  const project = await Project.create(t, "service", {
    "hooks.go": hooksFile({
      imports: ["bufio", "fmt", "sync"],
      atStart: `var both sync.WaitGroup
	for _, stream := range []*os.File{os.Stdout, os.Stderr} {
		both.Add(1)
		go func(stream *os.File) {
			defer both.Done()
			writer := bufio.NewWriterSize(stream, 777)
			for n := 0; n < ${count}; n++ { fmt.Fprintln(writer, "line", n, "of many äöü") }
			writer.Flush()
		}(stream)
	}
	both.Wait()`,
    }),
  });
  const gust = await Gust.start(project);
  await gust.next("live");
  let expected = "";
  for (let n = 0; n < count; n += 1) expected += `line ${n} of many äöü\n`;
  for (const stream of ["stdout", "stderr"] as const) {
    assert.equal(digest(await gust.heard(stream, expected.length)), digest(expected));
  }
  await gust.stop();
});

test("what a program writes right before its end arrives", async (t) => {
  const project = await Project.create(t, "service");
  const gust = await Gust.start(project);
  await gust.next("live");
  await project.save(
    "hooks.go",
    hooksFile({
      imports: ["bytes"],
      atStart: `os.Stdout.Write(bytes.Repeat([]byte("last words "), 100_000)); os.Exit(4)`,
    }),
  );
  await gust.next("failed");
  assert.equal(digest(gust.output("stdout")), digest("last words ".repeat(100_000)));
  await gust.stop();
});

test("what is typed goes to the program where stdin is no terminal", async (t) => {
  const project = await Project.create(t, "service", {
    "hooks.go": hooksFile({
      imports: ["bufio", "fmt"],
      onceListening: `lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() { fmt.Println("heard", lines.Text()) }
	fmt.Println("heard the end")`,
    }),
  });
  const gust = await Gust.start(project, { stdin: true });
  await gust.next("live");
  gust.type("hello\n");
  await gust.next("output", ({ text }) => text === "heard hello\n");
  gust.type("again\n");
  await gust.next("output", ({ text }) => text === "heard again\n");
  gust.closeInput();
  await gust.next("output", ({ text }) => text === "heard the end\n");
  await gust.stop();
});

const digest = (text: string): string =>
  `${text.length} characters, ${createHash("sha256").update(text).digest("hex")}`;

test(
  "what gust writes into a file of the project is nothing that it hears of",
  linux,
  async (t) => {
    const project = await Project.create(t, "service");
    const gust = await Gust.start(project, {
      json: false,
      args: ["--verbose"],
      wrapper: ["sh", "-c", 'exec "$@" 2> said.txt', "sh"],
    });
    const says = async (wanted: RegExp): Promise<string> => {
      for (const deadline = Date.now() + PATIENCE_MS; ;) {
        const said = await project.read("said.txt").catch(() => "");
        if (wanted.test(said)) return said;
        assert.ok(Date.now() < deadline, `${wanted} is not in\n${said}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    };
    await says(/#1 live/);
    await project.save("notes.unknown", "of no interest");
    await says(/ignored notes\.unknown/);
    await project.save("answer.go", answerFile("two"));
    const said = await says(/#2 live/);
    assert.doesNotMatch(said, /ignored said\.txt/);
    await gust.stop();
  },
);
