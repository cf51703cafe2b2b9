import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** Files by path relative to the directory; the content is written as it is. */
export type Files = Readonly<Record<string, string>>;

/** A test, or whatever else tidies up in the end. */
export interface Afterwards {
  readonly after: (clean: () => Promise<void>) => void;
}

/** A directory with these files, removed after the test. Absolute, without symbolic links. */
export async function tempFiles(context: Afterwards, files: Files): Promise<string> {
  const dir = await realpath(await mkdtemp(join(tmpdir(), "gust-test-")));
  context.after(() => rm(dir, { recursive: true, force: true, maxRetries: 3 }));
  await putFiles(dir, files);
  return dir;
}

/** Writes more files, or other contents. */
export async function putFiles(dir: string, files: Files): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const path = join(dir, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
}

/** This process's environment without what would lead Go elsewhere. */
export function goEnv(changes: Files = {}): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && name !== "GOFLAGS" && name !== "GOWORK") env[name] = value;
  }
  return { ...env, GOPROXY: "off", GOTOOLCHAIN: "local", ...changes };
}
