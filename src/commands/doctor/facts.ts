import type { Loaded } from "../../config/config.ts";
import type { ChosenEditor } from "../../adapters/editor/choose-editor.ts";
import type { MainPackage } from "../../adapters/go/main-packages.ts";
import type { Toolchain } from "../../adapters/go/toolchain.ts";
import type { InotifyUse } from "../../adapters/machine/inotify.ts";
import type { Storage } from "../../adapters/machine/storage.ts";
import type { FsKindAt } from "../../adapters/watch/fs-kind-at.ts";
import type { StatusReply } from "../../adapters/control/protocol.ts";
import type { Failure } from "../../core/failure.ts";
import type { Graph } from "../../core/graph.ts";
import type { ClassifySettings, RuleSettings } from "../../core/settings.ts";
import type { SwapView } from "../../core/view.ts";
import type { WatchReport } from "../../engine/ports.ts";
import type { Capabilities, PortOwner } from "../../engine/processes.ts";
import type { Project } from "../run/project.ts";

/** What `gust doctor` saw, one kind for each check; nothing in it is judged yet. */
export type Fact =
  | { readonly type: "go"; readonly found: Toolchain | Failure; readonly minimum: string }
  | { readonly type: "node"; readonly version: string; readonly minimum: string }
  | KeeperFact
  | { readonly type: "config"; readonly loaded: Loaded | readonly Failure[] }
  | ProgramFact
  | WatchedFact
  | FilesFact
  | InotifyFact
  | CacheFact
  | { readonly type: "socket"; readonly dir: string; readonly failure: Failure | null }
  | { readonly type: "ports"; readonly ports: readonly PortFact[] }
  | { readonly type: "runs"; readonly runs: readonly RunFact[] }
  | SwapFact
  | EditorFact;

/** The editor that would be opened now. */
export interface EditorFact {
  readonly type: "editor";
  /** By a key. */
  readonly terminal: ChosenEditor | Failure;
  /** By a click in a browser. */
  readonly browser: ChosenEditor | Failure;
}

/** What decides how one version takes over from the other. */
export interface SwapFact {
  readonly type: "swap";
  readonly mode: "auto" | "overlap" | "handoff" | "stop-start";
  /** Sockets can be held on this system. */
  readonly held: boolean;
  /** As a gust that runs here tells it; null when none does. */
  readonly running: SwapView | null;
  /** What an earlier run has found. */
  readonly learned: string | null;
}

export interface KeeperFact {
  readonly type: "keeper";
  readonly capabilities: Capabilities;
  /** Where its executable is cached, and whether it was there before; null where it has none. */
  readonly place: { readonly path: string; readonly built: boolean } | null;
}

export interface ProgramFact {
  readonly type: "program";
  readonly found:
    | { readonly type: "one"; readonly project: Project }
    /** `[[service]]`: each by itself. */
    | {
        readonly type: "services";
        readonly services: readonly {
          readonly name: string;
          readonly project: Project | Failure;
        }[];
      }
    | { readonly type: "several"; readonly mains: readonly MainPackage[] }
    | { readonly type: "none"; readonly failure: Failure };
  /** The build command of the configuration; null when gust builds by itself. */
  readonly cmd: string | null;
}

export interface WatchedFact {
  readonly type: "watched";
  readonly report: WatchReport;
  readonly settings: ClassifySettings;
  readonly rules: readonly RuleSettings[];
  /** What the build reads; null when no single program is known. */
  readonly graph: Graph | Failure | null;
}

export interface FilesFact {
  readonly type: "files";
  readonly root: string;
  readonly kind: FsKindAt;
  readonly report: WatchReport;
  readonly pollIntervalMs: number;
  /** Whether the configuration asks for polling. */
  readonly forced: boolean;
}

export interface InotifyFact {
  readonly type: "inotify";
  /** Null on systems without inotify. */
  readonly use: InotifyUse | null;
  /** Watches that a run of this project needs; null when it is not known. */
  readonly needed: number | null;
  /** True when a gust runs here already, whose watches are among those in use. */
  readonly counted: boolean;
}

export interface CacheFact {
  readonly type: "cache";
  readonly dir: string;
  readonly storage: Storage;
}

export interface PortFact {
  readonly port: number;
  /** The key that names it, or what uses it. */
  readonly why: string;
  readonly busy: boolean;
  readonly owner: PortOwner | null;
  /** Whether the owner belongs to a gust of this project, and whether that one lives. */
  readonly of: "nobody" | "run" | "orphan" | "stranger";
}

export interface RunFact {
  readonly pid: number;
  readonly root: string;
  readonly alive: boolean;
  /** Its own words over the control socket; null when it is dead. */
  readonly status: StatusReply | Failure | null;
  /** Processes that it started and that still live. */
  readonly processes: readonly number[];
}
