import type {
  Dashboard,
  Health,
  LogNews,
  SaveNews,
  Save,
  ServiceBoard,
  ServiceNews,
} from "../../core/dashboard.ts";
import { type Log, logWith, noLog } from "./log.ts";

/** What the page knows. */
export interface Model {
  readonly dashboard: Dashboard | null;
  /** By service. */
  readonly logs: ReadonlyMap<string, Log>;
  /** The last readings, the oldest first. */
  readonly healths: readonly Health[];
}

export const emptyModel: Model = { dashboard: null, logs: new Map(), healths: [] };

/** What the server sends, by the name of its event. */
export type News =
  | { readonly event: "dashboard"; readonly data: Dashboard }
  | { readonly event: "service"; readonly data: ServiceNews }
  | { readonly event: "save"; readonly data: SaveNews }
  | { readonly event: "health"; readonly data: Health }
  | { readonly event: "log"; readonly data: LogNews };

/** The model after one piece of news. */
export function modelWith(model: Model, news: News): Model {
  switch (news.event) {
    case "dashboard":
      return withDashboard(model, news.data);
    case "service":
      return withService(model, news.data);
    case "save":
      return withSave(model, news.data);
    case "health":
      return withHealth(model, news.data);
    case "log": {
      const { service, lines, missing } = news.data;
      const log = logWith(model.logs.get(service) ?? noLog, lines, missing);
      return { ...model, logs: new Map(model.logs).set(service, log) };
    }
  }
}

const mostHealths = 300;
const mostSaves = 100;

/** Another run of gust counts lines and generations anew. */
function withDashboard(model: Model, dashboard: Dashboard): Model {
  const { pid, startedAt } = model.dashboard?.about ?? {};
  const same = pid === dashboard.about.pid && startedAt === dashboard.about.startedAt;
  const kept = same ? model : emptyModel;
  return withHealth({ ...kept, dashboard }, dashboard.health);
}

function withService(model: Model, news: ServiceNews): Model {
  if (model.dashboard === null) return model;
  const { services } = model.dashboard;
  const known = services.find(({ name }) => name === news.name);
  const board: ServiceBoard = { ...news, saves: news.saves ?? known?.saves ?? [] };
  const next = known
    ? services.map((one) => (one.name === board.name ? board : one))
    : [...services, board];
  return { ...model, dashboard: { ...model.dashboard, services: next } };
}

function withSave(model: Model, { service, save }: SaveNews): Model {
  const board = model.dashboard?.services.find(({ name }) => name === service);
  if (board === undefined) return model;
  return withService(model, { ...board, saves: savesWith(board.saves, save) });
}

/** The newest first, as the server has them. */
function savesWith(saves: readonly Save[], save: Save): readonly Save[] {
  const others = saves.filter(({ generation }) => generation !== save.generation);
  const sorted = [...others, save].toSorted((a, b) => b.generation - a.generation);
  return sorted.slice(0, mostSaves);
}

function withHealth(model: Model, health: Health): Model {
  if (model.dashboard === null) return model;
  const earlier = model.healths.filter(({ at }) => at < health.at);
  const healths = [...earlier, health].slice(-mostHealths);
  return { ...model, dashboard: { ...model.dashboard, health }, healths };
}
