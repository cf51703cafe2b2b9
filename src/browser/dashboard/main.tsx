import { type VNode, render } from "preact";
import { followNews } from "./connection.ts";
import { listenForKeys } from "./keys.ts";
import { CurrentFailure } from "./parts/failure.tsx";
import { Header } from "./parts/header.tsx";
import { Announcer, SaidNote } from "./parts/said.tsx";
import { ServiceHead, ServiceList } from "./parts/services.tsx";
import { Shortcuts } from "./parts/shortcuts.tsx";
import { Panels } from "./parts/tabs.tsx";
import { board, connection, route, startClock } from "./store.ts";
import { routeOf } from "./route.ts";
import { followTheme } from "./theme.ts";
import { keepToken } from "./token.ts";

/** The dashboard: one page that follows what gust does (docs/browser.md). */
function App(): VNode {
  const one = board.value;
  return (
    <>
      <a class="skip" href="#panel" onClick={skip}>
        Skip to the panel
      </a>
      <Header />
      <div class="frame">
        <ServiceList />
        <main>
          {one === null ? (
            connection.value !== "refused" && <p class="empty">Waiting for gust…</p>
          ) : (
            <>
              <ServiceHead board={one} />
              <CurrentFailure board={one} />
              <Panels board={one} />
            </>
          )}
        </main>
      </div>
      <SaidNote />
      <Announcer />
      <Shortcuts />
    </>
  );
}

/** The fragment of the address is taken by the tab, so that the link moves the focus by hand. */
function skip(event: Event): void {
  event.preventDefault();
  document.querySelector<HTMLElement>("[role=tab][aria-selected=true]")?.focus();
}

keepToken();
followTheme();
startClock();
listenForKeys();
addEventListener("hashchange", () => {
  keepToken();
  route.value = routeOf(location.hash);
});
route.value = routeOf(location.hash);
const app = document.querySelector("#app");
if (app !== null) render(<App />, app);
void followNews();
