import { openUrl, urlCommand } from "../../../adapters/machine/open-url.ts";
import type { Person } from "../ui.ts";
import type { Dashboard } from "./dashboard.ts";

/** The key for it: opens the dashboard, says where it is, and shows it where there is a screen. */
export async function showDashboard(
  dashboard: Dashboard | null,
  { presenter }: Person,
  env: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  if (dashboard === null) return;
  const opened = await dashboard.open();
  if ("code" in opened) return presenter.failure("dashboard", opened);
  presenter.say("error", `dashboard: ${opened.url}`);
  const command = urlCommand(opened.ticketUrl(), process.platform, env);
  if (command !== null && !(await openUrl(command))) {
    presenter.say("error", `${command[0]} could not be started: open the address above`);
  }
}
