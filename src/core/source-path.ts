/** Joins a path from a tool's output to the directory it ran in; both kinds of separators. */
export function resolveSource(dir: string, file: string): string {
  const separator = isWindows(dir) || isWindows(file) ? "\\" : "/";
  const path = separator === "\\" ? file.replaceAll("/", "\\") : file;
  const absolute = path.startsWith(separator) || isWindows(path);
  const joined = absolute ? path : dir + separator + path;
  const parts: string[] = [];
  for (const part of joined.split(separator)) {
    // The first part is the root or a drive, and has nothing above it.
    if (part === "..") parts.splice(Math.max(1, parts.length - 1));
    else if (part !== "." && (part !== "" || parts.length === 0)) parts.push(part);
  }
  return parts.join(separator);
}

/** Whether a file is the user's own: in one of the directories, and in no vendor directory. */
export function isOwnSource(file: string, ownDirs: readonly string[]): boolean {
  return ownDirs.some((dir) => {
    const below = file.startsWith(dir) ? file.slice(dir.length) : "";
    if (!/^[/\\]/.test(below) && !/[/\\]$/.test(dir)) return false;
    return below !== "" && !/(^|[/\\])(vendor|node_modules)[/\\]/.test(below);
  });
}

function isWindows(path: string): boolean {
  return /^[A-Za-z]:[\\/]/.test(path);
}
