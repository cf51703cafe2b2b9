import type { VNode } from "preact";
import { shortcuts, shortcutsOn, shortcutsOpen } from "../keys.ts";
import { Dialog } from "./dialog.tsx";

/** The list of shortcuts, and the switch that turns them off. */
export function Shortcuts(): VNode {
  return (
    <Dialog open={shortcutsOpen.value} title="Shortcuts" close={close}>
      <dl class="keys">
        {shortcuts.map(([keys, meaning]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <label class="inline">
        <input
          type="checkbox"
          checked={shortcutsOn.value}
          onChange={({ currentTarget }) => (shortcutsOn.value = currentTarget.checked)}
        />{" "}
        Shortcuts work
      </label>
      <div class="actions">
        <button type="button" onClick={close}>
          Close
        </button>
      </div>
    </Dialog>
  );
}

function close(): void {
  shortcutsOpen.value = false;
}
