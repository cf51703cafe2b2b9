import assert from "node:assert/strict";
import { once } from "node:events";
import type { Socket } from "node:net";
import { test } from "node:test";
import { type Random, seeded } from "../sim/random.ts";
import { serving, stand } from "./proxy-kit.ts";

/* Conversations from seeds: of all kinds of messages, cut anywhere. Whatever is said arrives as it was said. */

const conversations = Number(process.env["GUST_PROXY_CONVERSATIONS"] ?? 60);

interface Exchange {
  readonly request: string;
  /** The request as the program hears it. */
  readonly heard: string;
  readonly answer: string;
}

test(`${conversations} conversations`, async (t) => {
  const all = await stand(t);
  const problems: string[] = [];
  for (let seed = 1; seed <= conversations; seed += 1) {
    const random = seeded(seed);
    const exchanges = Array.from({ length: 1 + random.below(8) }, () => exchange(random));
    all.tell(serving(all.program.port, seed));
    const program = answering(exchanges, seeded(seed + 1e6));
    all.program.server.removeAllListeners("connection").on("connection", program.take);
    const client = await all.connect();
    const text = exchanges.map(({ request }) => request).join("");
    const said = saying(client.socket, text, seeded(seed + 2e6));
    const expected = exchanges.map(({ answer }) => answer).join("");
    const heard = await client.bytes(expected.length);
    await said;
    client.socket.destroy();
    if (heard !== expected) problems.push(`seed ${seed}: ${difference(heard, expected)}`);
    problems.push(...program.wrong.map((wrong) => `seed ${seed}: ${wrong}`));
  }
  assert.deepEqual(problems, []);
});

function pick<T>(random: Random, values: readonly [T, ...T[]]): T {
  return values[random.below(values.length)] ?? values[0];
}

function exchange(random: Random): Exchange {
  const method = pick(random, ["GET", "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "ODD"]);
  const bodied = method === "POST" || method === "PUT" || random.once(6);
  const body = bodied ? message(random) : { fields: "", text: "" };
  const first = `${method} /${pick(random, ["", "a;b", "?x=%zz", "a?b=c&d"])} HTTP/1.1\r\n`;
  const fields = `Host: a.test\r\n${strange(random)}${body.fields}`;
  const added =
    "X-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Host: a.test\r\nX-Forwarded-Proto: http\r\n";
  const status = pick(random, [
    "200 OK",
    "204 No Content",
    "304 Not Modified",
    "404 ",
    "500 Very Odd",
  ]);
  const silent = method === "HEAD" || /^(?:204|304)/.test(status);
  const reply = message(random);
  const early = random.once(4) ? `HTTP/1.1 103 Early Hints\r\n${strange(random)}\r\n` : "";
  const answer = `HTTP/1.1 ${status}\r\n${strange(random)}${status.startsWith("204") ? "" : reply.fields}\r\n`;
  return {
    request: `${first}${fields}\r\n${body.text}`,
    heard: `${first}${fields}${added}\r\n${body.text}`,
    answer: `${early}${answer}${silent ? "" : reply.text}`,
  };
}

function strange(random: Random): string {
  const fields = [
    "x-lower: 1\r\n",
    "X-UPPER:2\r\n",
    "X-Twice: a\r\nx-twice: b\r\n",
    "Set-Cookie:  a=\xe4 ; \t\r\n",
    "X-Empty:\r\n",
    "Content-Type: text/html\r\n",
    "X-Long: " + "y".repeat(random.below(5000)) + "\r\n",
  ];
  return fields.filter(() => random.once(4)).join("");
}

function message(random: Random): { readonly fields: string; readonly text: string } {
  const length = pick(random, [0, 1, 7, 500, 70_000]);
  const content = Array.from({ length }, (_, at) =>
    String.fromCodePoint((at * 7 + length) % 256),
  ).join("");
  if (random.once(2)) return { fields: `Content-Length: ${length}\r\n`, text: content };
  let text = "";
  for (let at = 0; at < length;) {
    const size = 1 + random.below(pick(random, [3, 100, 40_000]));
    const part = content.slice(at, at + size);
    text += `${part.length.toString(16)}${pick(random, ["", ";ext", ' ; a="b"'])}\r\n${part}\r\n`;
    at += size;
  }
  const trailers = random.once(3) ? "X-Trailer: 1\r\nx-trailer:2\r\n" : "";
  return { fields: "Transfer-Encoding: chunked\r\n", text: `${text}0\r\n${trailers}\r\n` };
}

/** A program that knows what comes, on whichever connection, and what to answer. */
function answering(
  exchanges: readonly Exchange[],
  random: Random,
): { readonly take: (socket: Socket) => void; readonly wrong: string[] } {
  const wrong: string[] = [];
  let at = 0;
  let heard = "";
  const take = (socket: Socket): void => {
    socket.on("error", () => undefined);
    socket.on("data", (bytes: Buffer) => {
      heard += bytes.toString("latin1");
      const now = exchanges[at];
      if (now === undefined) return void wrong.push(`more than was said: ${heard.slice(0, 80)}`);
      if (heard.length < now.heard.length) return;
      if (heard !== now.heard) wrong.push(difference(heard, now.heard));
      heard = "";
      at += 1;
      void saying(socket, now.answer, random);
    });
    socket.on("end", () => socket.end());
  };
  return { take, wrong };
}

/** Says it in parts, each of which may come alone. */
async function saying(socket: Socket, text: string, random: Random): Promise<void> {
  for (let at = 0; at < text.length;) {
    const size = 1 + random.below(pick(random, [3, 50, 5000, 100_000]));
    if (!socket.write(text.slice(at, at + size), "latin1")) await once(socket, "drain");
    at += size;
    if (random.once(3)) await new Promise((resolve) => setImmediate(resolve));
  }
}

function difference(heard: string, expected: string): string {
  let at = 0;
  while (at < expected.length && heard[at] === expected[at]) at += 1;
  const around = (text: string): string =>
    JSON.stringify(text.slice(Math.max(0, at - 40), at + 40));
  return `at ${at} of ${expected.length}: ${around(heard)}, not ${around(expected)}`;
}
