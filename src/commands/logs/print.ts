import { withoutSequences } from "../../adapters/terminal/text.ts";
import type { CommandIo } from "../io.ts";
import type { Shown } from "../logs.ts";

export interface PrintOptions {
  readonly json: boolean;
  readonly time: boolean;
  readonly terminal: boolean;
  /** True: every line is of the same version, which needs no number. */
  readonly oneVersion: boolean;
}

export interface Printer {
  print(item: Shown): void;
}

/** Lines for a person, or objects for a program. */
export function openPrinter(options: PrintOptions, io: CommandIo): Printer {
  if (options.json) return { print: (item) => io.stdout(`${JSON.stringify(jsonOf(item))}\n`) };
  let run: number | null = null;
  return {
    print(item) {
      if (run !== null && item.run !== run) {
        io.stdout(`— gust started again at ${clock(item.run, true)} —\n`);
      }
      run = item.run;
      const time = options.time ? `${clock(item.time, false)} ` : "";
      const build = options.oneVersion ? "" : `#${item.generation} `;
      io.stdout(`${time}${build}${textOf(item, options.terminal)}\n`);
    },
  };
}

function textOf(item: Shown, terminal: boolean): string {
  if (item.type === "line") return terminal ? item.text : withoutSequences(item.text);
  return item.why === "dropped"
    ? `— ${item.bytes} bytes are missing here: they came faster than they could be kept —`
    : `— ${item.bytes} bytes before this are no longer kept (log.max_size) —`;
}

function jsonOf(item: Shown): object {
  const head = {
    v: 1,
    type: item.type,
    time: new Date(item.time).toISOString(),
    run: new Date(item.run).toISOString(),
    generation: item.generation,
  };
  if (item.type === "gap") return { ...head, why: item.why, bytes: item.bytes };
  const { pid, stream, level, text } = item;
  return { ...head, pid, stream, level, text };
}

/** In the time of this place. */
function clock(time: number, date: boolean): string {
  const at = new Date(time);
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const hours = [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(":");
  return date ? `${day} ${hours}` : `${hours}.${String(at.getMilliseconds()).padStart(3, "0")}`;
}

const two = (value: number): string => String(value).padStart(2, "0");
