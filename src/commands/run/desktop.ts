import type { Notification } from "../../adapters/terminal/notification-words.ts";

/** A command that shows a notification, with what it needs in its environment. */
export interface NotifyCommand {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * The texts reach the command as arguments or in the environment, never as a part of a script.
 */
export function desktopCommand(
  { title, body }: Notification,
  bad: boolean,
  platform: NodeJS.Platform,
): NotifyCommand {
  if (platform === "darwin") {
    // Its own options end at the first argument that is none, and this one does not begin with a dash.
    return { argv: ["osascript", ...APPLE_SCRIPT, `gust ${title}`, body], env: {} };
  }
  if (platform === "win32") {
    return {
      argv: ["powershell.exe", "-NoProfile", "-NonInteractive", "-Command", POWERSHELL],
      env: { GUST_NOTIFY_TITLE: title, GUST_NOTIFY_BODY: body },
    };
  }
  return {
    argv: [
      "notify-send",
      "--app-name=gust",
      `--urgency=${bad ? "critical" : "low"}`,
      "--",
      title,
      // A body is markup.
      body.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;"),
    ],
    env: {},
  };
}

const APPLE_SCRIPT = [
  "-e",
  "on run argv",
  "-e",
  "display notification (item 2 of argv) with title (item 1 of argv)",
  "-e",
  "end run",
];

const POWERSHELL = [
  "$null = [Windows.UI.Notifications.ToastNotificationManager, Windows.UI.Notifications, ContentType = WindowsRuntime]",
  "$toast = [Windows.UI.Notifications.ToastNotificationManager]::GetTemplateContent([Windows.UI.Notifications.ToastTemplateType]::ToastText02)",
  "$texts = $toast.GetElementsByTagName('text')",
  "$null = $texts.Item(0).AppendChild($toast.CreateTextNode($env:GUST_NOTIFY_TITLE))",
  "$null = $texts.Item(1).AppendChild($toast.CreateTextNode($env:GUST_NOTIFY_BODY))",
  "[Windows.UI.Notifications.ToastNotificationManager]::CreateToastNotifier('gust').Show([Windows.UI.Notifications.ToastNotification]::new($toast))",
].join("; ");
