/** Whether the go command looks at a file of this name: a source of any language, and no test. */
export function isSourceName(name: string): boolean {
  if (/^[._]|_test\.go$/.test(name)) return false;
  const dot = name.lastIndexOf(".");
  const extension = name.slice(dot + 1);
  return dot > 0 && (extension === "go" || nativeExtensions.has(extension));
}

/** Endings of sources in other languages than Go. */
export const nativeExtensions: ReadonlySet<string> = new Set(
  "c cc cpp cxx m h hh hpp hxx f F for f90 s S sx swig swigcxx syso".split(" "),
);
