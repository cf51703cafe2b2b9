/** Where one is on the page; it stands in the fragment of the address. */
export interface Route {
  /** Null: the first one. */
  readonly service: string | null;
  readonly tab: Tab;
}

export const tabs = ["overview", "logs", "tests", "packages", "builds", "gust"] as const;
export type Tab = (typeof tabs)[number];

/** Reads `#tab=logs&service=api`; what it does not know is as if it was not there. */
export function routeOf(fragment: string): Route {
  const fields = new URLSearchParams(fragment.replace(/^#/, ""));
  const tab = tabs.find((name) => name === fields.get("tab"));
  return { service: fields.get("service"), tab: tab ?? "overview" };
}

/** The fragment of a route. */
export function fragmentOf({ service, tab }: Route): string {
  const fields = new URLSearchParams({ tab, ...(service === null ? {} : { service }) });
  return `#${fields.toString()}`;
}

/** The token that the address brought, and the fragment without it. */
export function tokenOf(fragment: string): {
  readonly token: string | null;
  readonly rest: string;
} {
  const fields = new URLSearchParams(fragment.replace(/^#/, ""));
  const token = fields.get("token");
  fields.delete("token");
  const rest = fields.toString();
  return { token, rest: rest === "" ? "" : `#${rest}` };
}
