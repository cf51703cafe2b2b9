import assert from "node:assert/strict";
import { test } from "node:test";
import { Gust } from "./gust.ts";
import { fetchOnce, keptAgent } from "./http-client.ts";
import { Project } from "./project.ts";

const linux = process.platform === "linux" ? {} : { skip: "sockets are held on Linux only" };

const answer = (word: string): string =>
  `package main\n\nfunc answer() string { return "${word}" + mark }\n`;

const marked = (mark: string): string => `package main\n\nvar mark = "${mark}"\n`;

const config = (cmd: string): string =>
  `[build]\ncmd = ${JSON.stringify(cmd)}\nentrypoint = ["./out/web"]\n`;

/** Two saves; true where the connection of a client has outlived them. */
async function swapsWithoutGap(gust: Gust): Promise<boolean> {
  await gust.next("live");
  const agent = keptAgent();
  const { port } = gust;
  const { localPort } = await fetchOnce({ port, agent });
  const live = await gust.saveAndLive("answer.go", answer("two"));
  const seen = await fetchOnce({ port, agent }).catch(() => ({ localPort: 0 }));
  agent.destroy();
  return live.downtimeMs === 0 && seen.localPort === localPort;
}

const commands: readonly (readonly [what: string, cmd: string, files: Record<string, string>])[] = [
  ["a go build", "go build -o out/web .", {}],
  ["a go build behind &&", "mkdir -p out && go build -race=false -o out/web .", {}],
  [
    "a go build with linker flags of its own",
    `go build -ldflags "-s -X main.mark=$(echo x)" -o out/web .`,
    {},
  ],
  ["a Makefile", "make", { Makefile: "all:\n\tgo build -o out/web .\n" }],
  ["a script", "sh build.sh", { "build.sh": "set -e\ngo vet .\ngo build -o out/web .\n" }],
];

for (const [what, cmd, files] of commands) {
  test(`a program that ${what} makes is swapped without a gap`, linux, async (t) => {
    const project = await Project.create(t, "web", {
      ...files,
      "mark.go": marked(""),
      "answer.go": answer("one"),
      "gust.toml": config(cmd),
    });
    const gust = await Gust.start(project);
    assert.ok(await swapsWithoutGap(gust), gust.log.tail());
    assert.equal(gust.log.since(0, "warned").length, 0);
    const mark = cmd.includes("main.mark") ? "x" : "";
    assert.equal((await fetchOnce({ port: gust.port })).body, `two${mark}`);
    await gust.stop();
  });
}

test(
  "where gust's files cannot get in, it is said once, and the program is swapped with a gap",
  linux,
  async (t) => {
    const project = await Project.create(t, "web", {
      "mark.go": marked(""),
      "answer.go": answer("one"),
      // This takes away what gust has put into the environment.
      "gust.toml": config("env -u GOFLAGS go build -o out/web ."),
    });
    const gust = await Gust.start(project);
    const warned = await gust.next("warned");
    assert.equal(warned.failure.code, "SWAP_WITH_GAP");
    assert.match(warned.failure.message, /without gust's files/);
    assert.equal(await swapsWithoutGap(gust), false);
    assert.equal((await fetchOnce({ port: gust.port })).body, "two");
    await gust.stop();
    assert.equal(gust.log.since(0, "warned").length, 1);
  },
);

test("a build that fails because of gust's files is done again without them", linux, async (t) => {
  const project = await Project.create(t, "web", {
    "mark.go": marked(""),
    "answer.go": answer("one"),
    // The script's own linker flags win over those in the environment.
    "build.sh": 'go build "-ldflags=-s" -o out/web .\n',
    "gust.toml": config("sh build.sh"),
  });
  const gust = await Gust.start(project);
  const warned = await gust.next("warned");
  assert.equal(warned.failure.code, "SWAP_WITH_GAP");
  assert.match(warned.failure.message, /the build fails with gust's files in it/);
  assert.equal(await swapsWithoutGap(gust), false);
  assert.equal((await fetchOnce({ port: gust.port })).body, "two");
  // A mistake of the user's is reported as ever.
  await project.save("answer.go", "package main\n\nfunc answer() string { return 1 }\n");
  const failed = await gust.next("failed");
  assert.equal(failed.failure.diagnostics?.[0]?.file, project.path("answer.go"));
  await gust.stop();
});
