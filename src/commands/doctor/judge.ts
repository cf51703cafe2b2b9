import type { Fact } from "./facts.ts";
import type { Finding } from "./finding.ts";
import { judgeEditor } from "./judge-editor.ts";
import {
  judgeCache,
  judgeFiles,
  judgeGo,
  judgeInotify,
  judgeKeeper,
  judgeNode,
  judgeSocket,
} from "./judge-machine.ts";
import { judgeConfig, judgePorts, judgeProgram, judgeRuns, judgeWatched } from "./judge-project.ts";
import { judgeSwap } from "./judge-swap.ts";

/** Puts what was seen into words, and says whether it is good. */
export function judge(fact: Fact): readonly Finding[] {
  switch (fact.type) {
    case "go":
      return [judgeGo(fact)];
    case "node":
      return [judgeNode(fact)];
    case "keeper":
      return [judgeKeeper(fact)];
    case "config":
      return judgeConfig(fact);
    case "program":
      return [judgeProgram(fact)];
    case "watched":
      return judgeWatched(fact);
    case "files":
      return [judgeFiles(fact)];
    case "inotify":
      return [judgeInotify(fact)];
    case "cache":
      return [judgeCache(fact)];
    case "socket":
      return [judgeSocket(fact)];
    case "ports":
      return judgePorts(fact);
    case "runs":
      return judgeRuns(fact);
    case "swap":
      return [judgeSwap(fact)];
    case "editor":
      return [judgeEditor(fact)];
  }
}
