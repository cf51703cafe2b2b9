import assert from "node:assert/strict";
import { test } from "node:test";
import { projectKey, userDirs } from "./user-dirs.ts";
import type { UserDirs } from "./user-dirs.ts";

type Env = Readonly<Record<string, string>>;

function check(platform: NodeJS.Platform, env: Env, cacheDir: string, runtimeDir: string): void {
  const windows = platform === "win32";
  const seen = userDirs({
    env,
    platform,
    home: windows ? "C:\\Users\\ada" : "/home/ada",
    tmp: windows ? "C:\\Temp" : "/tmp",
    uid: windows ? null : 1000,
  });
  assert.deepEqual(seen, { cacheDir, runtimeDir } satisfies UserDirs);
}

test("directories follow the custom of each system", () => {
  check("linux", {}, "/home/ada/.cache/gust", "/tmp/gust-1000");
  check("darwin", {}, "/home/ada/Library/Caches/gust", "/tmp/gust-1000");
  check("win32", {}, "C:\\Users\\ada\\AppData\\Local\\gust", "C:\\Temp\\gust-user");
  check("win32", { LOCALAPPDATA: "D:\\L" }, "D:\\L\\gust", "C:\\Temp\\gust-user");
});

test("the environment goes before the custom, unless its paths are relative", () => {
  const xdg = { XDG_CACHE_HOME: "/c", XDG_RUNTIME_DIR: "/run/user/1000" };
  check("linux", xdg, "/c/gust", "/run/user/1000/gust");
  check("linux", { ...xdg, GUST_CACHE_DIR: "/mine" }, "/mine", "/run/user/1000/gust");
  const relative = { XDG_CACHE_HOME: "c", XDG_RUNTIME_DIR: "", GUST_CACHE_DIR: "./mine" };
  check("linux", relative, "/home/ada/.cache/gust", "/tmp/gust-1000");
});

test("the key of a project is readable and differs by root and package", () => {
  const key = projectKey("/home/ada/my shop", ".");
  assert.match(key, /^my_shop-[0-9a-f]{8}$/);
  assert.equal(key, projectKey("/home/ada/my shop", "."));
  const others = [
    projectKey("/home/ada/my shop", "./cmd/api"),
    projectKey("/home/eve/my shop", "."),
    projectKey("/home/ada/my_shop", "."),
  ];
  assert.equal(new Set([key, ...others]).size, 4);
  assert.match(projectKey("/", "."), /^root-[0-9a-f]{8}$/);
});
