/**
 * An expected failure, as data: a stable code, what was seen, and one hint.
 * The code is part of the public contract; the wording is not.
 */
export interface Failure {
  readonly code: FailureCode;
  /** What failed and on what; one line without a full stop. */
  readonly message: string;
  /** What was seen, as far as it helps: the command's output, the path, the address. */
  readonly seen?: string;
  /** One action that would help. */
  readonly hint?: string;
  /** Arguments of the go command that would put it right: `["mod", "tidy"]`. */
  readonly fix?: readonly string[];
  /** Positions in source files, own code first. */
  readonly diagnostics?: readonly Diagnostic[];
  /** A panic, data race, deadlock or fatal error that the program printed. */
  readonly crash?: Crash;
}

export type FailureCode =
  | "BUILD_FAILED"
  | "BUILD_TIMEOUT"
  | "BUILD_COMMAND_NOT_FOUND"
  | "PRE_COMMAND_FAILED"
  | "RULE_FAILED"
  | "RULE_LOOP"
  | "BINARY_MISSING"
  | "BINARY_NOT_FILE"
  | "BINARY_NOT_EXECUTABLE"
  | "BINARY_LINK_LOOP"
  | "BINARY_WRONG_FORMAT"
  | "BINARY_INCOMPLETE"
  | "BINARY_UNREADABLE"
  | "DISK_FULL"
  | "START_FAILED"
  | "START_EXITED"
  | "START_NOT_READY"
  | "START_PORT_TAKEN"
  | "CRASHED_IN_PROBATION"
  | "CRASHED"
  | "STOP_FORCED"
  | "GRAPH_FAILED"
  | "GO_MISSING"
  | "GO_TOO_OLD"
  | "NO_MODULE"
  | "NO_MAIN_PACKAGE"
  | "SEVERAL_MAIN_PACKAGES"
  | "MODULE_NOT_FOUND"
  | "MODULE_SUM_MISSING"
  | "MODULE_FILE_OUTDATED"
  | "MODULE_FILE_INVALID"
  | "MODULE_UNREACHABLE"
  | "MODULE_PRIVATE"
  | "MODULE_CHECKSUM"
  | "MODULE_VERSION_UNKNOWN"
  | "MODULE_COMMAND_FAILED"
  | "VENDOR_OUTDATED"
  | "TOOLCHAIN_MISSING"
  | "NOTHING_TO_FIX"
  | "CONFIG_INVALID"
  | "CONFIG_NOT_FOUND"
  | "CONFIG_WITHOUT_EFFECT"
  | "FLAG_INVALID"
  | "ENVIRONMENT_INVALID"
  | "ENVIRONMENT_UNWATCHED"
  | "DEBUGGER_MISSING"
  | "DEBUGGER_PORT_TAKEN"
  | "PROXY_PORT_TAKEN"
  | "BREAKPOINT_LOST"
  | "EDITOR_MISSING"
  | "EDITOR_FAILED"
  | "ROOT_DANGEROUS"
  | "ROOT_MISSING"
  | "WATCH_LIMIT"
  | "WATCH_UNREADABLE"
  | "ALREADY_RUNNING"
  | "NOT_RUNNING"
  | "REQUEST_INVALID"
  | "NO_SUCH_BUILD"
  | "KEEPER_UNAVAILABLE"
  | "SWAP_WITH_GAP"
  | "SERVING_UNPROVED"
  | "KEEPER_LOST"
  | "HOOK_FAILED"
  | "IO_FAILED"
  | "UI_UNAVAILABLE"
  | "TESTS_UNKNOWN"
  | "TESTS_FAILED"
  | "TESTS_OUTDATED"
  | "COVERAGE_LOW"
  | "NO_FAILED_TEST"
  | "GIT_FAILED"
  | "HOOK_FOREIGN";

/** One compiler message. Lines and columns count from 1; a column of 0 is unknown. */
export interface Diagnostic {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
  /** True for files of the main module, false for dependencies and the standard library. */
  readonly own: boolean;
}

/** What a Go program prints when it dies of its own fault. */
export interface Crash {
  readonly kind: "panic" | "fatal" | "data-race" | "deadlock" | "signal";
  /** The first line: `panic: runtime error: index out of range [3] with length 3`. */
  readonly message: string;
  /** The first frame in the user's own code, if there is one. */
  readonly frame?: Frame;
}

export interface Frame {
  readonly function: string;
  readonly file: string;
  readonly line: number;
}
