import { join } from "node:path";
import { mayOpen } from "../../adapters/editor/may-open.ts";
import { openInEditor } from "../../adapters/editor/open-in-editor.ts";
import type { Toolchain } from "../../adapters/go/toolchain.ts";
import type { Config } from "../../config/config.ts";
import type { Failure } from "../../core/failure.ts";
import type { OpenRequest } from "../../core/page-state.ts";
import { editorOptions } from "./keyboard.ts";

export interface BrowserDesk {
  readonly config: Pick<Config, "dir" | "root" | "editor">;
  /** Where the modules of the program lie. */
  readonly moduleDirs: readonly string[];
  /** Null where the program is not one of Go. */
  readonly toolchain: Pick<Toolchain, "goroot" | "gomodcache"> | null;
}

/**
 * Opens what somebody has clicked at, if it is a source of the program. Who may ask for it is decided
 * before. Null when it was opened. Failures: REQUEST_INVALID, EDITOR_MISSING, EDITOR_FAILED.
 */
export async function openFromBrowser(
  request: OpenRequest,
  { config, moduleDirs, toolchain }: BrowserDesk,
): Promise<Failure | null> {
  const dirs = [config.root, config.dir, ...moduleDirs, ...goDirs(toolchain)];
  const refusal = await mayOpen(request.file, dirs);
  if (refusal !== null) return refusal;
  return openInEditor(request, { ...editorOptions(config), from: "browser" });
}

/** Of some packages of Go, the directory `src` is a link that leads out of GOROOT. */
function goDirs(toolchain: BrowserDesk["toolchain"]): readonly string[] {
  if (toolchain === null) return [];
  const { goroot, gomodcache } = toolchain;
  const own = goroot === "" ? [] : [goroot, join(goroot, "src")];
  return gomodcache === "" ? own : [...own, gomodcache];
}
