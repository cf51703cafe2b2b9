import type { TracedCommand } from "../../adapters/terminal/command-words.ts";
import type { Run } from "./run.ts";
import type { Processes } from "../../engine/processes.ts";

/** What gust's own commands are started with; what the program is started with is its own affair. */
export function toolsOf({ args, io, ui, processes }: Run): Processes {
  return args.trace ? traced(processes, io.env, (command) => ui.face.command(command)) : processes;
}

/** Tells of every command before it is started (`-x`). */
export function traced(
  processes: Processes,
  own: Readonly<Record<string, string | undefined>>,
  told: (command: TracedCommand) => void,
): Processes {
  return {
    capabilities: processes.capabilities,
    spawn: (spec, sink) => {
      const { argv, dir } = spec;
      told({ argv, dir, env: ofGo(spec.env, own) });
      return processes.spawn(spec, sink);
    },
    holdOutput: (until) => processes.holdOutput(until),
    portOwner: (port) => processes.portOwner(port),
    close: () => processes.close(),
  };
}

/** Other variables may come from env files, and are nobody's business. */
function ofGo(
  env: Readonly<Record<string, string>>,
  own: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  const entries = Object.entries(env).filter(([name, value]) => own[name] !== value);
  return Object.fromEntries(entries.filter(([name]) => asked.test(name)));
}

const asked = /^(?:GO[A-Z]+|CGO_\w+|GIT_TERMINAL_PROMPT|GCM_INTERACTIVE)$/;
