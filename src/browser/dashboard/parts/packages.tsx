import { type Signal, useSignal } from "@preact/signals";
import type { VNode } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { GraphPackage, PackageGraph, ServiceBoard } from "../../../core/dashboard.ts";
import { commonPrefix, importersOf, layersOf, shortPath } from "../graph-layers.ts";
import { type Asked, askGraph } from "../requests.ts";
import { plural } from "../words.ts";
import { Card, Empty, Outside } from "./common.tsx";

/** The packages of the user's own, and what a save in each would compile. */
export function PackagesPanel({ board }: { board: ServiceBoard }): VNode {
  const asked = useSignal<Asked<PackageGraph>>({ state: "asking" });
  // With each build the graph may be another one.
  const built = board.builds[0]?.build ?? 0;
  useEffect(() => {
    let wanted = true;
    const ask = async (): Promise<void> => {
      const answer = await askGraph(board.name);
      if (wanted) asked.value = answer;
    };
    void ask();
    return () => (wanted = false);
  }, [board.name, built]);
  const answer = asked.value;
  if (answer.state === "asking") return <Empty>Reading the packages…</Empty>;
  if (answer.state === "failed") return <Empty>The packages were not read: {answer.why}</Empty>;
  if (answer.data.packages.length === 0) {
    return (
      <Empty>No packages are known here: they are, once gust has built a Go program of them.</Empty>
    );
  }
  return <Graph packages={answer.data.packages} />;
}

function Graph({ packages }: { packages: readonly GraphPackage[] }): VNode {
  const chosen = useSignal<string | null>(null);
  const search = useSignal("");
  const prefix = commonPrefix(packages.map(({ path }) => path));
  const one = packages.find(({ path }) => path === chosen.value) ?? null;
  return (
    <Card
      title="Packages"
      aside={
        <label class="inline">
          Find{" "}
          <input
            type="search"
            value={search.value}
            onInput={({ currentTarget }) => (search.value = currentTarget.value)}
          />
        </label>
      }
    >
      <p class="quiet">
        {plural(packages.length, "package")} of your own
        {prefix === "" ? (
          ""
        ) : (
          <>
            {" "}
            below <code>{prefix}</code>
          </>
        )}
        . A column imports only from those at its left. Choose a package to see what a save in it
        compiles.
      </p>
      <p aria-live="polite" class="chosen">
        {one === null ? " " : <Chosen one={one} packages={packages} />}
      </p>
      <Columns packages={packages} prefix={prefix} chosen={chosen} search={search.value} />
      {one !== null && <Neighbours one={one} packages={packages} chosen={chosen} prefix={prefix} />}
    </Card>
  );
}

function Chosen({
  one,
  packages,
}: {
  one: GraphPackage;
  packages: readonly GraphPackage[];
}): VNode {
  const rebuilt = one.rebuilds.length;
  return (
    <>
      A save in <strong>{<Outside text={one.path} />}</strong> compiles{" "}
      {rebuilt <= 1 ? "this package alone" : plural(rebuilt, "package")} of {packages.length}.
    </>
  );
}

function Columns(props: {
  packages: readonly GraphPackage[];
  prefix: string;
  chosen: Signal<string | null>;
  search: string;
}): VNode {
  const { packages, prefix, chosen, search } = props;
  const layers = layersOf(packages);
  const box = useRef<HTMLDivElement>(null);
  const one = packages.find(({ path }) => path === chosen.value) ?? null;
  const rebuilds = new Set(one?.rebuilds);
  const imports = new Set(one?.imports);
  return (
    <div
      class={`graph ${one === null ? "" : "graph-chosen"}`}
      ref={box}
      onKeyDown={(event) => moveAmong(event, box.current)}
    >
      <Edges box={box} one={one} packages={packages} />
      {layers.map((layer, depth) => (
        <ul
          aria-label={depth === 0 ? "Import none of the others" : `Column ${depth + 1}`}
          key={depth}
        >
          {layer.map(({ path, files }) => (
            <li key={path}>
              <button
                type="button"
                data-path={path}
                aria-pressed={path === chosen.value}
                class={classesOf({
                  rebuilt: rebuilds.has(path),
                  imported: imports.has(path) && !rebuilds.has(path),
                  missed: search !== "" && !path.includes(search),
                })}
                title={`${path}, ${plural(files, "file")}`}
                onClick={() => (chosen.value = path === chosen.value ? null : path)}
              >
                <Outside text={shortPath(path, prefix)} />
                {rebuilds.has(path) && <span class="sr"> would be compiled</span>}
                {imports.has(path) && !rebuilds.has(path) && <span class="sr"> is imported</span>}
              </button>
            </li>
          ))}
        </ul>
      ))}
    </div>
  );
}

function classesOf(classes: Readonly<Record<string, boolean>>): string {
  return Object.keys(classes)
    .filter((name) => classes[name] === true)
    .join(" ");
}

/** Lines of imports: of the chosen package, as those of two hundred at once nobody can read. */
function Edges(props: {
  box: { readonly current: HTMLDivElement | null };
  one: GraphPackage | null;
  packages: readonly GraphPackage[];
}): VNode {
  const { box, one, packages } = props;
  const paths = useSignal<readonly string[]>([]);
  const size = useSignal({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const draw = (): void => {
      size.value = { width: element.scrollWidth, height: element.scrollHeight };
      const wanted =
        one === null ? (packages.length > mostDrawn ? [] : packages) : chain(one, packages);
      paths.value = wanted.flatMap((from) =>
        from.imports.flatMap((to) => {
          if (one !== null && from !== one && !one.rebuilds.includes(to)) return [];
          return curve(element, to, from.path) ?? [];
        }),
      );
    };
    const observer = new ResizeObserver(draw);
    observer.observe(element);
    draw();
    return () => observer.disconnect();
  }, [one, packages]);
  return (
    <svg class="edges" width={size.value.width} height={size.value.height} aria-hidden="true">
      {paths.value.map((path) => (
        <path d={path} key={path} />
      ))}
    </svg>
  );
}

/** With more packages, only the imports of the chosen one are drawn. */
const mostDrawn = 40;

const chain = (one: GraphPackage, packages: readonly GraphPackage[]): readonly GraphPackage[] =>
  packages.filter(({ path }) => path === one.path || one.rebuilds.includes(path));

function curve(box: HTMLDivElement, left: string, right: string): string | null {
  const from = buttonOf(box, left);
  const to = buttonOf(box, right);
  if (from === null || to === null) return null;
  const outer = box.getBoundingClientRect();
  const [a, b] = [from.getBoundingClientRect(), to.getBoundingClientRect()];
  const x1 = a.right - outer.left + box.scrollLeft;
  const x2 = b.left - outer.left + box.scrollLeft;
  const y1 = a.top + a.height / 2 - outer.top + box.scrollTop;
  const y2 = b.top + b.height / 2 - outer.top + box.scrollTop;
  const bend = Math.max(12, (x2 - x1) / 2);
  return `M${x1},${y1}C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}`;
}

function buttonOf(box: HTMLDivElement, path: string): HTMLElement | null {
  return box.querySelector<HTMLElement>(`button[data-path="${CSS.escape(path)}"]`);
}

function Neighbours(props: {
  one: GraphPackage;
  packages: readonly GraphPackage[];
  chosen: Signal<string | null>;
  prefix: string;
}): VNode {
  const { one, packages, chosen, prefix } = props;
  const own = new Set(packages.map(({ path }) => path));
  const lists: readonly (readonly [string, readonly string[]])[] = [
    ["Would be compiled", one.rebuilds],
    ["Imported by", importersOf(packages, one.path)],
    ["Imports", one.imports.filter((path) => own.has(path))],
  ];
  return (
    <div class="neighbours">
      {lists.map(([title, paths]) => (
        <div key={title}>
          <h4>
            {title} <span class="quiet">{paths.length}</span>
          </h4>
          {paths.length === 0 ? (
            <p class="quiet">none</p>
          ) : (
            <ul>
              {paths.map((path) => (
                <li key={path}>
                  <button type="button" class="link" onClick={() => (chosen.value = path)}>
                    <Outside text={shortPath(path, prefix)} />
                  </button>
                </li>
              ))}
            </ul>
          )}
        </div>
      ))}
    </div>
  );
}

/** Arrow keys go to the packages above, below, and in the columns beside. */
function moveAmong(event: KeyboardEvent, box: HTMLDivElement | null): void {
  const here = document.activeElement?.closest("li");
  const column = here?.parentElement;
  if (box === null || here == null || column == null || !box.contains(here)) return;
  const place = [...column.children].indexOf(here);
  const columns = [...box.querySelectorAll("ul")];
  const at = columns.findIndex((one) => one === column);
  const next = {
    ArrowDown: () => column.children[place + 1],
    ArrowUp: () => column.children[place - 1],
    ArrowRight: () => nearest(columns[at + 1], place),
    ArrowLeft: () => nearest(columns[at - 1], place),
  }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  next()?.querySelector("button")?.focus();
}

function nearest(column: Element | undefined, place: number): Element | undefined {
  return column?.children[Math.min(place, column.children.length - 1)];
}
