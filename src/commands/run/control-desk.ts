import { writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { type Control, openControl } from "../../adapters/control/control.ts";
import { controlPath } from "../../adapters/control/socket-place.ts";
import type { Failure } from "../../core/failure.ts";
import { ioFailure } from "../../core/io-failure.ts";
import { toldState } from "../../core/told-state.ts";
import type { Engine } from "../../engine/engine.ts";
import { askFor } from "./asked.ts";
import type { SessionOptions } from "./session.ts";

/** Answers those who ask a running gust over its socket. */
export async function openControlDesk(
  options: SessionOptions,
  engine: () => Engine,
): Promise<Control | Failure> {
  const { store, runtimeDir, loaded, project, args, io, member } = options;
  const control = await openControl({
    path: controlPath(runtimeDir, basename(store.dir)),
    handlers: {
      status: () => ({
        pid: process.pid,
        cwd: io.cwd,
        root: loaded.config.root,
        environment: loaded.config.environment,
        main: project.package === "" ? project.name : project.package,
        gust: args.version,
        ...(member === null ? {} : { service: member.name }),
        state: toldState(member?.seen(engine().view()) ?? engine().view()),
      }),
      journal: () => {
        const file = join(store.dir, "journal.jsonl");
        try {
          writeFileSync(file, engine().journal(), { mode: 0o600 });
          return file;
        } catch (error) {
          return ioFailure(error, "write", file);
        }
      },
      wait: (request) => {
        // What it needs may have been saved as well: that is known before anything is answered.
        member?.waits.asked();
        engine().dispatch({ type: "wait-requested", request });
      },
      drop: (request) => engine().dispatch({ type: "wait-dropped", request }),
      swap: () => askFor(engine(), { type: "swap" }, "control"),
      fix: () => askFor(engine(), { type: "fix" }, "control"),
      rollback: (to) => askFor(engine(), { type: "rollback", to }, "control"),
      logs: () => options.kept?.written() ?? Promise.resolve(),
      ui: async () => {
        const opened = (await options.dashboard?.open()) ?? noDashboard;
        if ("code" in opened) return opened;
        options.ui.json?.dashboard(opened.url);
        return { url: opened.url, once: opened.ticketUrl() };
      },
    },
  });
  if ("code" in control) return control;
  member?.waits.onStuck((message) => {
    const { newest } = engine().view();
    const answered = control.answerAll({ type: "failed", generation: newest, message });
    for (const request of answered) engine().dispatch({ type: "wait-dropped", request });
  });
  return {
    answer: (request, verdict) => {
      control.answer(request, verdict);
      member?.waits.decided();
    },
    answerAll: (verdict) => control.answerAll(verdict),
    close: () => control.close(),
  };
}

const noDashboard: Failure = {
  code: "UI_UNAVAILABLE",
  message: "`gust serve` has no dashboard",
};
