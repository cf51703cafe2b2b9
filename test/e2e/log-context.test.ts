import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { Gust } from "./gust.ts";
import { logProject, sayFile } from "./log-program.ts";

/** Every way to log, in a version that says so; with it the last line of a version is known. */
const everything = (version: string): readonly string[] => [
  `log.Print("log ${version}")`,
  `slog.Info("slog ${version}")`,
  `log.SetPrefix("app: ")`,
  `log.Print("prefix ${version}")`,
  `slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stdout, nil)))`,
  `slog.Warn("json ${version}", "a", 1)`,
  `log.Print("through slog ${version}")`,
  `slog.New(slog.NewTextHandler(os.Stdout, nil)).Error("text ${version}")`,
  `fmt.Println("plain ${version}")`,
];

/** Lines of the output that have this, without what differs from run to run. */
function linesWith(gust: Gust, word: string): string[] {
  return [gust.output("stderr"), gust.output("stdout")]
    .join("")
    .split("\n")
    .filter((line) => line.includes(word));
}

const context = "[log]\ncontext = true\n[build]\n";

for (const [form, config] of [
  ["gust's own build", context],
  [
    "a build command of the user's",
    `${context}cmd = "go build -o tmp/app ."\nentrypoint = "tmp/app"\n`,
  ],
] as const) {
  test(`log lines tell the first process and count the versions, with ${form}`, async (t) => {
    const project = await logProject(t, config, ...everything("one"));
    const gust = await Gust.start(project);
    const first = await gust.next("live");
    const pid = first.pid;
    const check = async (version: string, count: number): Promise<void> => {
      await gust.printed(new RegExp(`plain ${version}`));
      const lines = linesWith(gust, ` ${version}`);
      const text = ` orig_pid=${pid} reload_cnt=${count}`;
      const json = `,"orig_pid":${pid},"reload_cnt":${count}}`;
      const ends = (word: string): string =>
        lines.find((line) => line.includes(`${word} ${version}`)) ?? "";
      for (const word of ["log", "slog", "prefix", "text"]) {
        assert.ok(ends(word).endsWith(text), `${word}: ${lines.join("\n")}`);
      }
      for (const word of ["json", "through slog"]) {
        assert.ok(ends(word).endsWith(json), `${word}: ${lines.join("\n")}`);
      }
      assert.equal(ends("plain"), `plain ${version}`);
      assert.ok(
        lines.every((line) => line.split("orig_pid").length <= 2),
        lines.join("\n"),
      );
    };
    await check("one", 0);
    const second = await gust.saveAndLive("say.go", sayFile(...everything("two")));
    assert.notEqual(second.pid, pid);
    await check("two", 1);
    const third = await gust.saveAndLive("say.go", sayFile(...everything("three")));
    await check("three", 2);
    assert.deepEqual(
      [first, second, third].map((live) => [live.context?.origPid, live.context?.reloadCount]),
      [
        [pid, 0],
        [pid, 1],
        [pid, 2],
      ],
    );
    const traces = [first, second, third].map((live) => live.context?.traceparent ?? "");
    assert.equal(new Set(traces).size, 3);
    for (const trace of traces) assert.match(trace, /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    await gust.stop();
  });
}

/** Waits for the program's own look at its loggers, which makes no event: until it is seen. */
const until = (what: string): string =>
  `for i := 0; i < 2000; i++ { b, _ := os.ReadFile(os.Getenv("LOG")); if strings.Contains(string(b), ${what}) { break }; `;

test("what goes to a file has the fields from the program itself", async (t) => {
  const open = 'f, _ := os.OpenFile(os.Getenv("LOG"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)';
  const statements = [
    open,
    "log.SetOutput(f)",
    `${until('"orig_pid="')} log.Print("to the file"); time.Sleep(time.Millisecond) }`,
    "slog.SetDefault(slog.New(slog.NewJSONHandler(f, nil)))",
    `${until('"\\"orig_pid\\":"')} slog.Info("json"); time.Sleep(time.Millisecond) }`,
    'fmt.Println("ready")',
  ];
  const source = sayFile(...statements).replace('"os"\n', '"os"\n\t"strings"\n');
  // Without the keeper nobody else could tell the first process its own number.
  for (const backend of ["keeper", "node"]) {
    const project = await logProject(t, context, 'fmt.Println("not yet")');
    await project.save("say.go", source);
    const file = project.path("../log.txt");
    const gust = await Gust.start(project, { env: { LOG: file, GUST_BACKEND: backend } });
    const live = await gust.next("live");
    await gust.printed(/ready/);
    const text = await readFile(file, "utf8");
    assert.match(text, new RegExp(`to the file orig_pid=${live.pid} reload_cnt=0\n`), backend);
    assert.match(text, new RegExp(`"json","orig_pid":${live.pid},"reload_cnt":0}\n`), backend);
    await gust.stop();
  }
});

const show = (version: string): readonly string[] => [
  `log.SetFlags(0)`,
  `log.Print("2026/01/02 03:04:05 as it is ${version}")`,
  `for _, name := range []string{"GUST_ORIG_PID", "GUST_RELOAD_COUNT", "TRACEPARENT", "OTEL_RESOURCE_ATTRIBUTES", "GUST_LOG_CONTEXT"} { fmt.Println(name + "=" + os.Getenv(name) + " ${version}") }`,
  `fmt.Println("pid", os.Getpid(), "${version}")`,
];

test("without being asked gust changes nothing, and tells the program in its environment", async (t) => {
  const project = await logProject(t, "", ...show("one"));
  const gust = await Gust.start(project, {
    // As a gust that runs under another one is started.
    env: {
      OTEL_RESOURCE_ATTRIBUTES: "service.name=api",
      GUST_LOG_CONTEXT: "1",
      GUST_ORIG_PID: "3",
      GUST_RELOAD_COUNT: "9",
    },
  });
  const first = await gust.next("live");
  await gust.printed(/pid \d+ one/);
  const second = await gust.saveAndLive("say.go", sayFile(...show("two")));
  await gust.printed(/pid \d+ two/);
  await gust.stop();
  const check = (version: string, live: typeof first, count: number): void => {
    const told = (name: string): string =>
      new RegExp(`^${name}=(.*) ${version}$`, "m").exec(gust.output("stdout"))?.[1] ?? "";
    assert.equal(told("GUST_ORIG_PID"), String(first.pid));
    assert.equal(told("GUST_RELOAD_COUNT"), String(count));
    assert.equal(told("TRACEPARENT"), live.context?.traceparent);
    assert.match(
      told("OTEL_RESOURCE_ATTRIBUTES"),
      new RegExp(
        `^service\\.name=api,service\\.instance\\.id=[0-9a-f]+-${count},gust\\.build=${live.build},gust\\.reload_count=${count},gust\\.orig_pid=${first.pid}$`,
      ),
    );
    assert.equal(told("GUST_LOG_CONTEXT"), "");
    assert.ok(gust.output("stdout").includes(`pid ${live.pid} ${version}\n`));
    assert.ok(gust.output("stderr").includes(`2026/01/02 03:04:05 as it is ${version}\n`));
  };
  check("one", first, 0);
  check("two", second, 1);
});
