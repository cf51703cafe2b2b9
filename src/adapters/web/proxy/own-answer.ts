import { STATUS_CODES } from "node:http";

/** What gust answers in the program's place. */
export interface OwnAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  /** What the header X-Gust-Build says; null: nothing. */
  readonly label: string | null;
}

export function plainAnswer(status: number, text: string): OwnAnswer {
  return { status, type: "text/plain; charset=utf-8", body: `gust: ${text}\n`, label: null };
}

export function bytesOf({ status, type, body, label }: OwnAnswer, kept: boolean): Buffer {
  const content = Buffer.from(body);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`,
    `Content-Type: ${type}`,
    `Content-Length: ${content.length}`,
    "Cache-Control: no-store",
    ...(label === null ? [] : [`X-Gust-Build: ${label}`]),
    ...(kept ? [] : ["Connection: close"]),
    "",
    "",
  ];
  return Buffer.concat([Buffer.from(head.join("\r\n")), content]);
}
