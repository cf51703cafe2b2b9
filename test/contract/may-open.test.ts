import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { mayOpen } from "../../src/adapters/editor/may-open.ts";
import { tempFiles } from "../world/temp-module.ts";

const skip: string | false = process.platform === "win32" && "needs links and pipes";

test(
  "only files that lie in known directories are opened, wherever links lead",
  { skip },
  async (t) => {
    const place = await tempFiles(t, {
      "shop/main.go": "",
      "shop/web/a b;$(x).go": "",
      "shop-secret/key": "",
      "go/src/fmt/print.go": "",
      "mod/x@v1/x.go": "",
    });
    const at = (name: string): string => join(place, name);
    await symlink(at("shop-secret/key"), at("shop/key"));
    await symlink(at("shop-secret"), at("shop/secret"));
    await symlink(at("shop/main.go"), at("shop/link.go"));
    await symlink(at("mod"), at("shop/mod"));
    await symlink(at("shop"), at("project"));
    await symlink("loop", at("shop/loop"));
    assert.equal(spawnSync("mkfifo", [at("shop/pipe")]).status, 0);
    const dirs = [at("project"), at("go"), at("mod"), at("gone"), "", "relative"];
    const check = async (path: string, expected: RegExp | null): Promise<void> => {
      const failure = await mayOpen(path, dirs);
      if (expected === null) assert.equal(failure, null, path);
      else {
        assert.equal(failure?.code, "REQUEST_INVALID", path);
        assert.match(failure?.seen ?? "", expected);
      }
    };
    for (const name of [
      "main.go",
      "web/a b;$(x).go",
      "link.go",
      "mod/x@v1/x.go",
      "web/../main.go",
    ]) {
      await check(at(`project/${name}`), null);
      await check(at(`shop/${name}`), null);
    }
    await check(at("go/src/fmt/print.go"), null);
    await check(at("mod/x@v1/x.go"), null);
    for (const name of ["shop-secret/key", "shop/../shop-secret/key", "gone/x"]) {
      await check(at(name), /^(?:outside|no such file)/);
    }
    await check(`${at("shop")}/../shop-secret/key`, /^outside/);
    await check("/etc/passwd", /^outside/);
    await check("main.go", /absolute/);
    await check("", /absolute/);
    await check(`${at("shop/main.go")}\0.png`, /absolute/);
    await check(at("shop/key"), /^a link leads to/);
    await check(at("shop/secret/key"), /^a link leads to/);
    await check(at("shop"), /^outside|no regular file/);
    await check(at("shop/web"), /^no regular file/);
    await check(at("shop/pipe"), /^no regular file/);
    await check(at("shop/loop"), /^no such file/);
    await check(at("shop/none.go"), /^no such file/);
  },
);
