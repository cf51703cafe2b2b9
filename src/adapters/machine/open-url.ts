import { spawn } from "node:child_process";

/** What opens an address in the user's browser, as words; null where there is no screen to show it on. */
export function urlCommand(
  url: string,
  platform: NodeJS.Platform,
  env: Readonly<Record<string, string | undefined>>,
): readonly string[] | null {
  if (platform === "darwin") return ["open", url];
  // `start` belongs to a shell, which an address must not become a part of.
  if (platform === "win32") return ["rundll32.exe", "url.dll,FileProtocolHandler", url];
  const screens = [env["WAYLAND_DISPLAY"] ?? "", env["DISPLAY"] ?? ""];
  return screens.every((screen) => screen === "") ? null : ["xdg-open", url];
}

/** Starts it and leaves it alone. False when it could not be started. */
export function openUrl([program = "", ...args]: readonly string[]): Promise<boolean> {
  const child = spawn(program, args, { stdio: "ignore", detached: true, shell: false });
  return new Promise((resolve) => {
    child.once("error", () => resolve(false));
    child.once("spawn", () => {
      child.unref();
      resolve(true);
    });
  });
}
