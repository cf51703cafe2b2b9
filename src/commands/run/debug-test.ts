import { accessSync, constants } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import type { Keys } from "../../adapters/terminal/keys.ts";
import { openEditor } from "../../adapters/terminal/open-editor.ts";
import type { Failure } from "../../core/failure.ts";
import type { DebuggedTest } from "../../core/test-stage.ts";
import type { Person } from "./ui.ts";

export interface DebugDesk {
  readonly person: Person | null;
  readonly keys: Keys | null;
  readonly dir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What runs one test under delve, in the terminal: `dlv test PACKAGE -- -test.run ^NAME$`. */
export function debugCommand(dlv: string, test: DebuggedTest): readonly string[] {
  return [dlv, "test", test.package, "--", "-test.run", `^${test.name}$`];
}

/** Gives the terminal to a debugger that stops in this test; null once that has ended. */
export async function debugTest(test: DebuggedTest, desk: DebugDesk): Promise<Failure | null> {
  const dlv = findDelve(desk.env);
  const argv = debugCommand(dlv ?? "dlv", test);
  if (dlv === null) {
    return {
      code: "DEBUGGER_MISSING",
      message: "there is no dlv to debug the test with",
      seen: `it would be: ${argv.join(" ")}`,
      hint: "go install github.com/go-delve/delve/cmd/dlv@latest",
    };
  }
  if (desk.person === null) {
    return { code: "REQUEST_INVALID", message: "a debugger needs the terminal" };
  }
  const { screen, presenter } = desk.person;
  desk.keys?.release();
  await screen.suspend();
  const failure = await openEditor({ argv, terminal: true }, desk.dir);
  screen.resume();
  presenter.redraw();
  desk.keys?.take();
  return failure;
}

/** In PATH, or where `go install` puts it. */
export function findDelve(env: DebugDesk["env"]): string | null {
  const name = process.platform === "win32" ? "dlv.exe" : "dlv";
  const home = env["HOME"] ?? homedir();
  const gopath = (env["GOPATH"] ?? "").split(delimiter)[0] ?? "";
  const dirs = [
    ...(env["PATH"] ?? "").split(delimiter),
    env["GOBIN"] ?? "",
    gopath === "" ? join(home, "go", "bin") : join(gopath, "bin"),
  ];
  for (const dir of dirs.filter((one) => one !== "")) {
    try {
      accessSync(join(dir, name), constants.X_OK);
      return join(dir, name);
    } catch {
      // Perhaps in the next one.
    }
  }
  return null;
}
