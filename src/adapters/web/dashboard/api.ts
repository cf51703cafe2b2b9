import type { IncomingMessage, ServerResponse } from "node:http";
import type { Failure } from "../../../core/failure.ts";
import { readBody, refuse } from "../exchange.ts";
import { guardHeaders, mayAct, mayAsk } from "../guard.ts";
import { parseAction } from "./action.ts";
import type { Desk } from "./desk.ts";

/** Everything below `/api/`: nothing of it is told, or done, for anybody without the token. */
export async function answerApi(
  desk: Desk,
  request: IncomingMessage,
  response: ServerResponse,
  { pathname, searchParams }: URL,
): Promise<void> {
  if (pathname === "/api/action") return act(desk, request, response);
  if (request.method !== "GET") return refuse(response, 405, "this can only be read");
  if (!mayAsk(request, desk.token)) return refuse(response, 403, "the token is missing or wrong");
  const service = searchParams.get("service") ?? "";
  switch (pathname) {
    case "/api/events":
      return stream(desk, response);
    case "/api/graph":
      return tell(response, await desk.desk.graph(service));
    case "/api/diff": {
      const [from, to] = [searchParams.get("from"), searchParams.get("to")].map(generationOf);
      if (from === undefined || from === null || to === undefined || to === null) {
        return tell(response, invalid("`from` and `to` are numbers of generations"));
      }
      return tell(response, await desk.desk.diff(service, from, to));
    }
    default:
      return refuse(response, 404, "there is no such thing");
  }
}

function stream({ streams, desk }: Desk, response: ServerResponse): void {
  // Whoever listens already is told what is new before that.
  const news = desk.hello();
  streams.open(response, guardHeaders, RETRY_MS);
  desk.listeners(streams.size);
  // The kit has removed it by then.
  response.on("close", () => desk.listeners(streams.size));
  for (const { event, data } of news) streams.tell(response, event, data);
}

const RETRY_MS = 1000;

async function act(
  { desk, token }: Desk,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== "POST") return refuse(response, 405, "actions are POST");
  if (!mayAct(request, token)) return refuse(response, 403, "the token is missing or wrong");
  const type = request.headers["content-type"] ?? "";
  if (!/^application\/json\s*(?:;|$)/i.test(type)) {
    return refuse(response, 415, "actions are application/json");
  }
  const body = await readBody(request, MOST_BODY);
  if (body === null) return refuse(response, 413, "this is too much for an action");
  const action = parseAction(body);
  if ("code" in action) return tell(response, action);
  const failure = await desk.act(action);
  if (failure !== null) return tell(response, failure);
  response.writeHead(204, guardHeaders);
  response.end();
  return undefined;
}

/** A value as JSON, or a failure with its status. */
function tell(response: ServerResponse, value: object): void {
  const failure = "code" in value ? (value as Failure) : null;
  response.writeHead(failure === null ? 200 : statusOf(failure), {
    ...guardHeaders,
    "content-type": "application/json; charset=utf-8",
  });
  response.end(JSON.stringify(value));
}

/** What was understood and cannot be done now is a conflict. */
const statusOf = ({ code }: Failure): number =>
  ({ REQUEST_INVALID: 400, NOT_RUNNING: 404, NO_SUCH_BUILD: 404 })[code as "NOT_RUNNING"] ?? 409;

const invalid = (why: string): Failure => ({
  code: "REQUEST_INVALID",
  message: `the request was not understood: ${why}`,
});

function generationOf(text: string | null): number | null {
  return text !== null && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : null;
}

const MOST_BODY = 16_384;
