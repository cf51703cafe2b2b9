import type { Face } from "../../adapters/terminal/face.ts";
import type { Notice } from "../../core/notice.ts";
import {
  type ServiceState,
  newService,
  serviceMessage,
  serviceState,
} from "../../core/service-state.ts";
import type { View } from "../../core/view.ts";

/** Shows everything as before, and lets the service manager that started gust know of it. */
export function tellingManager(face: Face, notify: (text: string) => void): Face {
  let state: ServiceState = newService;
  let quitting = false;
  /** What versions tell of themselves, by their generations. */
  const told = new Map<number, string>();
  const tell = (view: View): void => {
    const generation = view.serving?.generation ?? 0;
    const next = serviceState(state, { view, quitting, told: told.get(generation) ?? "" });
    const message = serviceMessage(state, next, process.hrtime.bigint() / 1000n);
    state = next;
    if (message !== "") notify(message);
  };
  const note = (notice: Notice): void => {
    if (notice.type === "stopping") quitting = true;
    if (notice.type === "stopped") told.delete(notice.generation);
    if (notice.type === "told" && notice.told.status !== null) {
      told.set(notice.generation, notice.told.status);
    }
  };
  return {
    notice: (notice, view) => {
      note(notice);
      face.notice(notice, view);
      tell(view);
    },
    view: (view) => {
      face.view(view);
      tell(view);
    },
    output: (stream, data) => face.output(stream, data),
    drained: () => face.drained(),
    watching: (report, root) => face.watching(report, root),
    waiting: (names) => face.waiting(names),
    console: (entry) => face.console(entry),
    failure: (what, failure) => face.failure(what, failure),
    command: (command) => face.command(command),
    close: (code) => face.close(code),
    rescue: () => face.rescue(),
  };
}
