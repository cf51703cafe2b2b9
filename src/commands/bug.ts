import { copyFile, readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { callControl } from "../adapters/control/call.ts";
import { type AskArguments, failed } from "./ask.ts";
import { replay } from "../engine/replay.ts";
import type { CommandIo } from "./io.ts";

/** `gust bug --replay`: does again what a journal tells. 0: decided the same; 1: not; 2: no file. */
export async function runReplay(file: string, io: CommandIo): Promise<number> {
  const text = await readFile(resolve(io.cwd, file), "utf8").catch(() => null);
  if (text === null) {
    io.stderr(`${file} cannot be read\n`);
    return 2;
  }
  const { steps, differs } = replay(text);
  io.stdout(
    differs === null
      ? `${steps} steps, decided as they were then\n`
      : `step ${differs} is decided otherwise by this version\n`,
  );
  return differs === null ? 0 : 1;
}

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
