/*
 * What a request costs that goes through air's proxy, as gust has it, beside the program itself and
 * a proxy made of node:http's server and client, which parses and writes each message anew. In turns,
 * one request after the other on a connection that is kept, on loopback.
 * `npm run bench -- proxy.ts [rounds]`, on a quiet machine: half a minute.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type Socket, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { median } from "./stats.ts";

const rounds = Number(process.argv[2] ?? 5);
const REQUESTS = 2000;

const kinds = {
  "GET, 3 bytes": "GET /hints HTTP/1.1\r\nHost: localhost\r\n\r\n",
  "page load": "GET / HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Dest: document\r\n\r\n",
  "POST, 1 kB": `POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1024\r\n\r\n${"x".repeat(1024)}`,
} as const;

const plainProxy = `
const http = require("node:http");
const agent = new http.Agent({ keepAlive: true });
http.createServer((request, response) => {
  const { method, url: path, headers } = request;
  const asked = http.request({ host: "127.0.0.1", port: process.argv[1], method, path, headers, agent });
  asked.on("response", (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  request.pipe(asked);
}).listen(process.argv[2], "127.0.0.1", () => console.log("listening"));
`;

const dir = mkdtempSync(join(tmpdir(), "gust-bench-"));
try {
  await main();
} finally {
  rmSync(dir, { recursive: true, force: true });
}

async function main(): Promise<void> {
  const [app, proxy, plain] = [await freePort(), await freePort(), await freePort()];
  const source = join(dir, "proxied");
  cpSync("test/fixtures/programs/proxied", source, { recursive: true });
  const toml = `[run]\nswap = "stop-start"\n[proxy]\nenabled = true\nproxy_port = ${proxy}\napp_port = ${app}\n`;
  writeFileSync(join(source, "gust.toml"), toml);
  mkdirSync(join(dir, "run"), { mode: 0o700 });
  const gust = spawn(process.execPath, [resolve("bin/gust"), "--json"], {
    cwd: source,
    env: {
      ...process.env,
      PORT: String(app),
      XDG_RUNTIME_DIR: join(dir, "run"),
      GUST_CACHE_DIR: join(dir, "cache"),
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const gone = once(gust, "exit");
  for await (const line of createInterface(gust.stdout)) {
    if (line.includes('"type":"prepared"')) break;
  }
  const other = spawn(process.execPath, ["-e", plainProxy, String(app), String(plain)]);
  await once(other.stdout, "data");
  const ways = { direct: app, "gust's proxy": proxy, "node:http": plain };
  const times = new Map<string, number[]>();
  for (let round = 0; round <= rounds; round += 1) {
    for (const [kind, request] of Object.entries(kinds)) {
      for (const [way, port] of Object.entries(ways)) {
        const seen = await measure(port, request);
        // The first round warms up.
        if (round > 0)
          times.set(`${kind}|${way}`, [...(times.get(`${kind}|${way}`) ?? []), ...seen]);
      }
    }
  }
  const rates = new Map<string, number>();
  for (const [way, port] of Object.entries(ways)) rates.set(way, await rate(port));
  const rows = Object.keys(kinds).map((kind) => {
    const columns = Object.keys(ways).map((way) => {
      const all = (times.get(`${kind}|${way}`) ?? []).toSorted((a, b) => a - b);
      const p99 = all[Math.floor(all.length * 0.99)] ?? Number.NaN;
      return [way, `${median(all).toFixed(0)} / ${p99.toFixed(0)}`] as const;
    });
    return [`${kind}: µs p50 / p99`, Object.fromEntries(columns)] as const;
  });
  const speed = [...rates].map(([way, each]) => [way, each.toFixed(0)] as const);
  console.table(Object.fromEntries([...rows, ["upload: MB/s", Object.fromEntries(speed)]]));
  other.kill();
  gust.kill("SIGINT");
  await gone;
}

/** Microseconds of each request. */
async function measure(port: number, request: string): Promise<readonly number[]> {
  const socket = await open(port);
  const bytes = Buffer.from(request);
  const times: number[] = [];
  for (let count = 0; count < REQUESTS; count += 1) {
    const began = process.hrtime.bigint();
    socket.write(bytes);
    await answer(socket);
    times.push(Number(process.hrtime.bigint() - began) / 1000);
  }
  socket.destroy();
  return times;
}

/** Megabytes a second of an upload. */
async function rate(port: number): Promise<number> {
  const size = 512 << 20;
  const part = Buffer.alloc(1 << 20, "x");
  const socket = await open(port);
  socket.write(`POST /trailers HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${size}\r\n\r\n`);
  socket.resume();
  const began = performance.now();
  for (let sent = 0; sent < size; sent += part.length) {
    if (!socket.write(part)) await once(socket, "drain");
  }
  while (socket.bytesRead < size) await once(socket, "data");
  socket.destroy();
  return (size * 2) / 1e3 / (performance.now() - began);
}

async function open(port: number): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  await once(socket, "connect");
  return socket;
}

/** Resolves when an answer is whole, by its length or its last chunk. */
async function answer(socket: Socket): Promise<void> {
  let text = "";
  for (;;) {
    const [bytes] = (await once(socket, "data")) as [Buffer];
    text += bytes.toString("latin1");
    const begin = text.lastIndexOf("HTTP/1.1 200");
    const end = text.indexOf("\r\n\r\n", begin);
    if (begin < 0 || end < 0) continue;
    const [, length] = /\r\nContent-Length: (\d+)/i.exec(text.slice(begin, end)) ?? [];
    const over =
      length === undefined ? text.endsWith("0\r\n\r\n") : text.length >= end + 4 + Number(length);
    if (over) return;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" && address !== null ? address.port : 0;
}
