import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { type Server, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { crc32 } from "node:zlib";
import { PATIENCE_MS } from "./events.ts";
import type { GustOptions } from "./gust.ts";
import type { Project } from "./project.ts";

/** Modules that only a test has: files as the GOPROXY protocol wants them, and their checksums. */
export class ModuleProxy {
  readonly dir: string;
  readonly #project: Project;
  /** Lines of go.sum by `path version`. */
  readonly #sums = new Map<string, string>();
  readonly #lists = new Map<string, string[]>();

  constructor(project: Project) {
    this.#project = project;
    this.dir = join(project.place, "proxy");
  }

  /** Publishes a version; go.mod is made from what it requires (`path version`). */
  async publish(
    path: string,
    version: string,
    files: Readonly<Record<string, string>>,
    requires: readonly string[] = [],
  ): Promise<void> {
    const required = requires.map((one) => `require ${one}\n`).join("");
    const mod = `module ${path}\n\ngo 1.21\n${required === "" ? "" : `\n${required}`}`;
    const all = { "go.mod": mod, ...files };
    const versions = [...(this.#lists.get(path) ?? []), version];
    this.#lists.set(path, versions);
    await this.#put(path, "list", versions.map((one) => `${one}\n`).join(""));
    const info = { Version: version, Time: "2024-01-01T00:00:00Z" };
    await this.#put(path, `${version}.info`, JSON.stringify(info));
    await this.#put(path, `${version}.mod`, mod);
    const entries = Object.entries(all).map(([name, text]): Entry => [
      `${path}@${version}/${name}`,
      Buffer.from(text),
    ]);
    await this.#put(path, `${version}.zip`, zip(entries));
    this.#sums.set(
      `${path} ${version}`,
      `${path} ${version} ${hashOf(entries)}\n` +
        `${path} ${version}/go.mod ${hashOf([["go.mod", Buffer.from(mod)]])}\n`,
    );
  }

  /** What go.sum has to say of these modules, each `path version`. */
  sums(...names: readonly string[]): string {
    return names.map((name) => this.#sums.get(name) ?? "").join("");
  }

  /** The environment of a gust that knows these modules, and has a module cache of its own. */
  env(more: NonNullable<GustOptions["env"]> = {}): NonNullable<GustOptions["env"]> {
    return {
      GOPROXY: `file://${this.dir}`,
      GONOSUMDB: "*",
      GOSUMDB: "off",
      GOMODCACHE: this.cache,
      // So that the cache can be removed with the test.
      GOFLAGS: "-modcacherw",
      ...more,
    };
  }

  get cache(): string {
    return join(this.#project.place, "modcache");
  }

  /** The same over HTTP, on loopback: what a path ends with may be held back. */
  async serve(): Promise<HttpProxy> {
    const proxy = await HttpProxy.start(this.dir);
    this.#project.onCleanUp(() => proxy.close());
    return proxy;
  }

  async #put(path: string, name: string, content: string | Uint8Array): Promise<void> {
    const file = join(this.dir, path, "@v", name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }
}

/** A proxy that answers when it is let to. */
export class HttpProxy {
  /** What was asked for, in order. */
  readonly asked: string[] = [];
  /** Answers with this status instead; null: as it is. */
  status: number | null = null;
  #held: RegExp | null = null;
  #waiting: (() => void)[] = [];
  #heard: (() => void)[] = [];
  readonly #dir: string;
  readonly #server: Server;

  private constructor(dir: string) {
    this.#dir = dir;
    this.#server = createServer((request, response) => {
      const path = decodeURIComponent(request.url ?? "");
      this.asked.push(path);
      for (const heard of this.#heard.splice(0)) heard();
      const answer = (): void => void this.#answer(path, response);
      if (this.#held?.test(path) === true) this.#waiting.push(answer);
      else answer();
    });
  }

  static async start(dir: string): Promise<HttpProxy> {
    const proxy = new HttpProxy(dir);
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get url(): string {
    // Listening on TCP, it has a port.
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  /** Answers to such paths have to wait until `release`. */
  hold(pattern: RegExp): void {
    this.#held = pattern;
  }

  release(): void {
    this.#held = null;
    for (const answer of this.#waiting.splice(0)) answer();
  }

  /** Resolves when such a path was asked for, now or before. */
  async wasAsked(pattern: RegExp): Promise<void> {
    while (!this.asked.some((path) => pattern.test(path))) {
      await new Promise<void>((resolve, reject) => {
        const late = setTimeout(
          () => reject(new Error(`${pattern} was not asked for:\n${this.asked.join("\n")}`)),
          PATIENCE_MS,
        );
        this.#heard.push(() => {
          clearTimeout(late);
          resolve();
        });
      });
    }
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #answer(path: string, response: ServerResponse): Promise<void> {
    if (this.status !== null) {
      response.writeHead(this.status).end();
      return;
    }
    try {
      response.end(await readFile(join(this.#dir, path)));
    } catch {
      response.writeHead(404).end("not found");
    }
  }
}

type Entry = readonly [name: string, content: Buffer];

/** The checksum that go.sum has of a module: `h1:` of golang.org/x/mod/sumdb/dirhash. */
function hashOf(entries: readonly Entry[]): string {
  const lines = entries
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, content]) => `${createHash("sha256").update(content).digest("hex")}  ${name}\n`);
  return `h1:${createHash("sha256").update(lines.join("")).digest("base64")}`;
}

/** A zip file without compression. */
function zip(entries: readonly Entry[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of entries) {
    const bytes = Buffer.from(name);
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(33, 8);
    shared.writeUInt32LE(crc32(content), 10);
    shared.writeUInt32LE(content.length, 14);
    shared.writeUInt32LE(content.length, 18);
    shared.writeUInt16LE(bytes.length, 22);
    const local = Buffer.concat([Buffer.from("PK\u0003\u0004"), shared, bytes, content]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    directory.push(Buffer.from("PK\u0001\u0002\u0014\0"), shared, place, bytes);
    parts.push(local);
    offset += local.length;
  }
  const index = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(index.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, index, Buffer.from("PK\u0005\u0006"), end]);
}
