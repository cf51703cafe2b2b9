/** A place in a file. Lines and columns count from 1; a column of 0 is unknown. */
export interface EditorPlace {
  /** Absolute, so that no editor takes it for an option. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** The numbers are whole, whoever has sent them: they become part of what editors carry out. */
export function soundPlace({ file, line, column }: EditorPlace): EditorPlace {
  return { file, line: isCount(line) ? line : 1, column: isCount(column) ? column : 0 };
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) > 0;
}
