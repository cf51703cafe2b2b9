import { type Signal, effect, signal } from "@preact/signals";

export type Theme = "system" | "light" | "dark";

const key = "gust-theme";

/** What the user has chosen; "system" until then. */
export const theme: Signal<Theme> = signal(
  (["light", "dark"] as const).find((name) => name === localStorage.getItem(key)) ?? "system",
);

/** Applies the theme, now and when it is changed: by the user, or by the system. */
export function followTheme(): void {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const system = signal(dark.matches);
  dark.addEventListener("change", () => {
    system.value = dark.matches;
  });
  effect(() => {
    const chosen = theme.value === "system" ? (system.value ? "dark" : "light") : theme.value;
    document.documentElement.dataset["theme"] = chosen;
    localStorage.setItem(key, theme.value);
  });
}

/** System, light, dark, and so on. */
export function nextTheme(): void {
  theme.value = ({ system: "light", light: "dark", dark: "system" } as const)[theme.value];
}
