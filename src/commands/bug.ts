import { copyFile } from "node:fs/promises";
import { resolve } from "node:path";
import { callControl } from "../adapters/control/call.ts";
import { type AskArguments, failed } from "./ask.ts";
import type { CommandIo } from "./io.ts";

/**
 * `gust bug`: writes the journal of the running gust to a file of this directory. Exit codes:
 * 0 written, 1 gust does not answer, 2 no gust runs here.
 */
export async function runBug(args: AskArguments, io: CommandIo): Promise<number> {
  const answer = await callControl(args.socketPath, { type: "journal" });
  if ("code" in answer) return failed(answer, io);
  if (answer.type !== "journal") {
    return failed({ code: "IO_FAILED", message: "gust runs, but does not answer" }, io);
  }
  const file = resolve(io.cwd, "gust-journal.jsonl");
  await copyFile(answer.file, file);
  io.stdout(
    `wrote ${file}: what happened and what gust did, one step a line.\n` +
      "It has paths and the program's last output after a crash: look at it before you share it.\n",
  );
  return 0;
}
