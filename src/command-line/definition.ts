import type { CommandIo } from "../commands/io.ts";
import type { Flags } from "../config/config.ts";

/** One command of gust: what it is called, what it takes, and where its code is loaded from. */
export interface CommandDefinition {
  readonly name: string;
  readonly summary: string;
  readonly usage: string;
  /** True when flags of the configuration (`--build.delay 0`) may follow. */
  readonly configFlags: boolean;
  /** The one word that it may take besides, where those flags may not follow. */
  readonly word?: string;
  readonly options: readonly OptionDefinition[];
  readonly run: (call: Call) => Promise<number>;
}

export interface OptionDefinition {
  readonly flags: string;
  readonly text: string;
  readonly choices?: readonly string[];
  /** May be given more than once. */
  readonly many?: boolean;
}

export interface Call {
  readonly options: Readonly<Record<string, unknown>>;
  readonly words: readonly string[];
  readonly flags: Flags | null;
  readonly packageDir: string;
  readonly version: string;
  readonly io: CommandIo;
}
