import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { Agent, type ClientRequest, type IncomingMessage, request } from "node:http";
import { test } from "node:test";
import { freePort } from "./census.ts";
import { Gust } from "./gust.ts";
import { swapsConfig } from "./load-swaps.ts";
import { Project, answerFile } from "./project.ts";

for (const swaps of [1, 2, 3]) {
  const title = `a connection is kept whose request is under way while versions change (${swaps})`;
  test(title, async (t) => {
    const ports = { port: await freePort(), tlsPort: await freePort() };
    const config = swapsConfig(ports).replace(/drain_timeout = .*/, 'drain_timeout = "60s"');
    const project = await Project.create(t, "everything", { "gust.toml": config });
    const env = { TLS_PORT: String(ports.tlsPort) };
    const gust = await Gust.start(project, { port: ports.port, env });
    await gust.next("live");
    const client = new Client(ports.port);
    t.after(() => client.close());
    // A first answer, so that it is known who has accepted the connection.
    const first = await client.ask();
    assert.equal(first.body, "0");
    const upload = client.begin("POST", "/upload");
    upload.write("one half ");
    for (let number = 1; number <= swaps; number += 1) {
      await gust.saveAndLive("answer.go", answerFile(String(number)));
    }
    const sum = createHash("sha256").update("one half and the other").digest("hex");
    const answered = client.answer(upload);
    upload.end("and the other");
    assert.equal((await answered).body, `0 ${sum}`);
    const next = await client.ask();
    assert.deepEqual(next, { body: String(swaps), localPort: first.localPort });
    client.close();
    await gust.stop();
  });
}

/** Keeps one connection. */
class Client {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  readonly #port: number;

  constructor(port: number) {
    this.#port = port;
  }

  begin(method: string, path: string): ClientRequest {
    return request({ host: "127.0.0.1", port: this.#port, method, path, agent: this.#agent });
  }

  ask(): Promise<{ body: string; localPort: number }> {
    const asked = this.begin("GET", "/");
    const answered = this.answer(asked);
    asked.end();
    return answered;
  }

  answer(asked: ClientRequest): Promise<{ body: string; localPort: number }> {
    return new Promise((resolve, reject) => {
      asked.once("error", reject);
      asked.once("response", (response: IncomingMessage) => {
        const localPort = response.socket.localPort ?? 0;
        let body = "";
        response.setEncoding("utf8").on("data", (text: string) => (body += text));
        response.once("end", () => resolve({ body, localPort }));
      });
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
