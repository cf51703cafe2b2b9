import { StringDecoder } from "node:string_decoder";
import type { FileName, Frame, Stream } from "./format.ts";

/** One line that the program has written, or what is said of lines that are not here. */
export type LogItem = LogLine | LogGap;

export interface LogLine {
  readonly type: "line";
  readonly run: number;
  readonly generation: number;
  readonly pid: number;
  readonly stream: Stream;
  /** Milliseconds since 1970: when its first byte came. */
  readonly time: number;
  /** Without its end. */
  readonly text: string;
}

/** `dropped`: they came faster than they could be kept; `rotated`: they were kept once. */
export interface LogGap {
  readonly type: "gap";
  readonly run: number;
  readonly generation: number;
  readonly time: number;
  readonly why: "dropped" | "rotated";
  readonly bytes: number;
}

/** Puts the frames of one version together to lines. */
export class LineAssembler {
  readonly #version: Pick<FileName, "run" | "generation">;
  readonly #begun = new Map<string, Begun>();

  constructor({ run, generation }: Pick<FileName, "run" | "generation">) {
    this.#version = { run, generation };
  }

  add(frame: Frame): readonly LogItem[] {
    const { kind, time, pid, data } = frame;
    if (kind === "dropped") return [this.gap("dropped", time, countOf(frame))];
    if (kind === "before") return [];
    const key = `${pid} ${kind}`;
    const begun = this.#begun.get(key) ?? {
      decoder: new StringDecoder("utf8"),
      text: "",
      time,
      pid,
      stream: kind,
    };
    this.#begun.set(key, begun);
    if (begun.text === "") begun.time = time;
    const lines = (begun.text + begun.decoder.write(Buffer.from(data))).split("\n");
    begun.text = lines.pop() ?? "";
    // One line without an end could be of any length.
    if (begun.text.length > LONGEST) lines.push(begun.text.slice(0, LONGEST));
    if (begun.text.length > LONGEST) begun.text = begun.text.slice(LONGEST);
    return lines.map((text, index) => this.#line(begun, text, index === 0 ? begun.time : time));
  }

  gap(why: LogGap["why"], time: number, bytes: number): LogGap {
    return { type: "gap", ...this.#version, time, why, bytes };
  }

  /** Lines that were begun and have no end. */
  rest(): readonly LogItem[] {
    const lines = [...this.#begun.values()].flatMap((begun) => {
      const text = begun.text + begun.decoder.end();
      return text === "" ? [] : [this.#line(begun, text, begun.time)];
    });
    this.#begun.clear();
    return lines;
  }

  #line({ pid, stream }: Begun, text: string, time: number): LogLine {
    const plain = text.endsWith("\r") ? text.slice(0, -1) : text;
    return { type: "line", ...this.#version, pid, stream, time, text: plain };
  }
}

/** The number in a frame that has one. */
export function countOf({ data }: Frame): number {
  return Number(Buffer.from(data).toString("latin1"));
}

interface Begun {
  readonly decoder: StringDecoder;
  text: string;
  time: number;
  readonly pid: number;
  readonly stream: Stream;
}

const LONGEST = 1 << 20;
