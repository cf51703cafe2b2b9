import assert from "node:assert/strict";
import { chmod, cp, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { buildKeeper, userCacheDir } from "../../src/adapters/process/build-keeper.ts";
import { openProcesses } from "../../src/adapters/process/open-processes.ts";

describe("opening a back end", { timeout: 120_000 }, () => {
  let dir: string;
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), "gust-open-"));
  });
  after(() => rm(dir, { recursive: true, force: true }));

  async function build(
    cache: string,
    keeperDir = "keeper",
  ): Promise<{ path: string; said: string[] }> {
    const said: string[] = [];
    const path = await buildKeeper({
      keeperDir,
      cacheDir: join(dir, cache),
      go: "go",
      onProgress: (text) => said.push(text),
    });
    return { path, said };
  }

  async function sources(name: string): Promise<string> {
    const copy = join(dir, name);
    await cp("keeper", copy, { recursive: true });
    return copy;
  }

  it("builds the keeper once, says so, and then takes it from the cache", async () => {
    const first = await build("once");
    assert.equal(first.said.length, 1);
    assert.match(first.said[0] ?? "", /^building the keeper with go1\.\S+, once$/u);
    const second = await build("once");
    assert.deepEqual(second, { path: first.path, said: [] });
  });

  it("builds a changed source anew, but not for a changed test", async () => {
    const copy = await sources("changed");
    const first = await build("changing", copy);
    await writeFile(join(copy, "new_test.go"), "package main\n");
    assert.deepEqual((await build("changing", copy)).path, first.path);
    await writeFile(join(copy, "new.go"), "package main\n");
    assert.notEqual((await build("changing", copy)).path, first.path);
  });

  it("lets two gusts build at the same time and leaves nothing but the keeper", async () => {
    const built = await Promise.all([build("race"), build("race"), build("race")]);
    const [first] = built;
    assert.deepEqual(
      built.map(({ path }) => path),
      [first?.path, first?.path, first?.path],
    );
    const [name = ""] = await readdir(join(dir, "race", "keeper"));
    assert.deepEqual(await readdir(join(dir, "race", "keeper", name)), ["keeper"]);
  });

  it("builds with a GOOS, GOFLAGS and GO111MODULE that are meant for the program", async () => {
    const meant = { GOOS: "windows", GOARCH: "arm", GOFLAGS: "-mod=vendor", GO111MODULE: "off" };
    const saved = { ...process.env };
    Object.assign(process.env, meant);
    try {
      const processes = await openProcesses({
        keeperDir: "keeper",
        runId: "foreign",
        cacheDir: join(dir, "foreign"),
        backend: "keeper",
      });
      await processes.close();
    } finally {
      process.env = saved;
    }
  });

  it("builds without a C compiler", async () => {
    const saved = { ...process.env };
    Object.assign(process.env, { CC: "/no/such/compiler", CGO_ENABLED: "1" });
    try {
      await build("no-compiler");
    } finally {
      process.env = saved;
    }
  });

  const hopeless: readonly {
    what: string;
    loss: RegExp;
    options: () => Promise<{ keeperDir?: string; go?: string; cacheDir?: string }>;
  }[] = [
    {
      what: "go is missing",
      loss: /no-such-go was not found/u,
      options: () => Promise.resolve({ go: "no-such-go" }),
    },
    {
      what: "go fails",
      loss: /go is out of order/u,
      options: async () => {
        const go = join(dir, "broken-go");
        await writeFile(go, "#!/bin/sh\necho go is out of order >&2\nexit 1\n");
        await chmod(go, 0o755);
        return { go };
      },
    },
    {
      what: "the sources do not compile",
      loss: /broken\.go:2/u,
      options: async () => {
        const keeperDir = await sources("broken");
        await writeFile(join(keeperDir, "broken.go"), "package main\nvar x int = false\n");
        return { keeperDir };
      },
    },
    {
      what: "there are no sources",
      loss: /holds no sources/u,
      options: async () => {
        const keeperDir = join(dir, "empty");
        await mkdir(keeperDir);
        return { keeperDir };
      },
    },
    {
      what: "the cache cannot be written",
      loss: /ENOTDIR/u,
      options: async () => {
        const cacheDir = join(dir, "a-file");
        await writeFile(cacheDir, "");
        return { cacheDir };
      },
    },
    {
      what: "the keeper does not come up",
      loss: /out of my depth/u,
      options: async () => {
        const keeperDir = join(dir, "sulking");
        await mkdir(keeperDir);
        await writeFile(join(keeperDir, "go.mod"), "module sulking\n\ngo 1.21\n");
        const source = 'package main\n\nfunc main() { panic("out of my depth") }\n';
        await writeFile(join(keeperDir, "main.go"), source);
        return { keeperDir };
      },
    },
  ];
  for (const { what, loss, options } of hopeless) {
    it(`falls back and tells why when ${what}`, async () => {
      const all = {
        keeperDir: "keeper",
        runId: "x",
        cacheDir: join(dir, "hopeless"),
        ...(await options()),
      };
      const processes = await openProcesses(all);
      assert.equal(processes.capabilities.backend, "node");
      assert.match(processes.capabilities.loss ?? "", loss);
      await processes.close();
      await assert.rejects(openProcesses({ ...all, backend: "keeper" }));
    });
  }

  it("keeps the keeper where the system keeps such things", () => {
    assert.equal(userCacheDir({ XDG_CACHE_HOME: "/cache" }), "/cache/gust");
    assert.match(userCacheDir({ XDG_CACHE_HOME: "relative" }), /^\/.*gust/u);
    assert.match(userCacheDir({}), /^\/.*gust/u);
  });
});
