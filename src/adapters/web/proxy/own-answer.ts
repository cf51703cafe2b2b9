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

export interface AnswerTo {
  /** The connection goes on. */
  readonly kept: boolean;
  /** Of an answer to HEAD the head alone is sent. */
  readonly method: string;
}

export function bytesOf(
  { status, type, body, label }: OwnAnswer,
  { kept, method }: AnswerTo,
): Buffer {
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
  const begin = Buffer.from(head.join("\r\n"));
  return method === "HEAD" ? begin : Buffer.concat([begin, content]);
}
