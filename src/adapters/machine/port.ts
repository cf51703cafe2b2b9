import { createConnection } from "node:net";

/** Whether somebody accepts connections on this TCP port of this machine's loopback. */
export async function isListenedOn(port: number): Promise<boolean> {
  const answers = await Promise.all(["127.0.0.1", "::1"].map((host) => accepts(host, port)));
  return answers.includes(true);
}

function accepts(host: string, port: number): Promise<boolean> {
  const socket = createConnection({ host, port });
  return new Promise((resolve) => {
    socket.on("connect", () => resolve(true));
    socket.on("error", () => resolve(false));
  }).then((accepted) => {
    socket.destroy();
    return accepted === true;
  });
}
