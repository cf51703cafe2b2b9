import type { AssetNews, PageHello, PageLive, PageState } from "../../core/page-state.ts";

/** What a page hears: the events of gust, or that nothing comes any more. */
export type Told =
  | { readonly type: "hello"; readonly hello: PageHello }
  | { readonly type: "state"; readonly state: PageState }
  | { readonly type: "live"; readonly live: PageLive }
  | { readonly type: "assets"; readonly assets: AssetNews }
  | { readonly type: "lost" };

/** Where gust answers, whatever `<base href>` the page has. */
export function gustUrl(path: string): string {
  return `${location.protocol}//${location.host}/__gust/${path}`;
}
