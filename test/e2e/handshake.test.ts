import assert from "node:assert/strict";
import { type ClientHttp2Session, connect as connectHttp2 } from "node:http2";
import { type Socket, connect } from "node:net";
import { test } from "node:test";
import { connect as connectTls } from "node:tls";
import { freePort } from "./census.ts";
import { Gust } from "./gust.ts";
import { swapsConfig } from "./load-swaps.ts";
import { Project, answerFile } from "./project.ts";

test("HTTP/2 whose handshake begins before a swap and ends after it leaves the old version", async (t) => {
  const ports = { port: await freePort(), tlsPort: await freePort() };
  const config = swapsConfig(ports).replace(/drain_timeout = .*/, 'drain_timeout = "60s"');
  const project = await Project.create(t, "everything", { "gust.toml": config });
  const env = { TLS_PORT: String(ports.tlsPort) };
  const gust = await Gust.start(project, { port: ports.port, env });
  await gust.next("live");
  const early = await opened(ports.tlsPort);
  // Connections are accepted in their order: when this one is answered, the other is accepted.
  const witness = await session(await opened(ports.tlsPort));
  assert.equal(await ask(witness), "0");
  await gust.saveAndLive("answer.go", answerFile("1"));
  const late = await session(early);
  t.after(() => late.destroy());
  const goodbye = new Promise<string>((resolve) => late.once("goaway", () => resolve("goodbye")));
  const first = await ask(late);
  // With the first answer at the latest the client knows that it has to connect again.
  const next = await Promise.race([goodbye, ask(late).catch(() => "goodbye")]);
  assert.ok(first === "1" || next === "goodbye", `${first}, then ${next}`);
  late.destroy();
  witness.destroy();
  await gust.stop();
});

function opened(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => resolve(socket));
    socket.once("error", reject);
  });
}

/** Speaks TLS and HTTP/2 on a connection that is open. */
function session(socket: Socket): Promise<ClientHttp2Session> {
  return new Promise((resolve, reject) => {
    // The program has signed its certificate itself.
    const tls = connectTls({ socket, ALPNProtocols: ["h2"], rejectUnauthorized: false });
    const session = connectHttp2("https://127.0.0.1", { createConnection: () => tls });
    session.once("connect", () => resolve(session));
    session.once("error", reject);
  });
}

function ask(session: ClientHttp2Session): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = session.request({ ":path": "/" });
    let body = "";
    asked.setEncoding("utf8").on("data", (text: string) => (body += text));
    asked.once("end", () => resolve(body));
    asked.once("error", reject);
    asked.end();
  });
}
