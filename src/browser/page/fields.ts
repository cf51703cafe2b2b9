/** Something that is filled in. */
export type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement | HTMLElement;

/** By what a field is found in the page that comes next, which another version may have made. */
export interface Place {
  readonly tag: string;
  readonly type: string;
  readonly id: string;
  readonly name: string;
  readonly form: string;
  /** Which of those that have all of this in common. */
  readonly index: number;
  /** For those without id and name: where it stands; "" for all others. */
  readonly path: string;
}

/** What was filled in: text, whether it is checked, or the values of the options that are chosen. */
export type FieldValue = string | boolean | readonly string[];

export function fieldsOf(root: Document): readonly Field[] {
  return [...root.querySelectorAll<Field>("input, textarea, select, [contenteditable]")].filter(
    (field) => !isSecret(field),
  );
}

/** Passwords, codes and cards are not kept, nor what is no field of the user's. */
function isSecret(field: Field): boolean {
  if (field instanceof HTMLInputElement) {
    return NOT_KEPT.has(field.type) || /password|one-time-code|\bcc-/.test(field.autocomplete);
  }
  return field.isContentEditable && field.firstElementChild !== null;
}

const NOT_KEPT = new Set(["password", "file", "hidden", "submit", "button", "image", "reset"]);

/** What is in the field, where that is not what the page came with; null otherwise. */
export function changedValue(field: Field): FieldValue | null {
  if (field instanceof HTMLInputElement && isCheck(field)) {
    // Another radio that is checked unchecks this one by itself.
    if (field.checked === field.defaultChecked || (field.type === "radio" && !field.checked))
      return null;
    return field.checked;
  }
  if (field instanceof HTMLSelectElement) {
    const chosen = chosenOf(field, (option) => option.selected);
    return same(chosen, defaultOf(field)) ? null : chosen;
  }
  if (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) {
    return field.value === field.defaultValue ? null : field.value;
  }
  return null;
}

/** What is in the field, changed or not: frameworks make what is typed the default. */
export function valueOf(field: Field): FieldValue {
  if (field instanceof HTMLInputElement) return isCheck(field) ? field.checked : field.value;
  if (field instanceof HTMLTextAreaElement) return field.value;
  if (field instanceof HTMLSelectElement) return chosenOf(field, (option) => option.selected);
  return field.textContent ?? "";
}

/**
 * Fills it in as if somebody had typed, and says so by `input`, so that frameworks take it over.
 * There is no `change`: that would mean that somebody is done, and pages send forms then.
 */
export function fill(field: Field, value: FieldValue): void {
  if (field instanceof HTMLSelectElement) {
    if (!Array.isArray(value)) return;
    for (const option of field.options) option.selected = value.includes(option.value);
  } else if (field instanceof HTMLInputElement && isCheck(field)) {
    if (typeof value !== "boolean") return;
    field.checked = value;
  } else if (typeof value !== "string") {
    return;
  } else if (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) {
    // Frameworks put setters of their own over the value, which would take this for their own doing.
    const proto = field instanceof HTMLInputElement ? HTMLInputElement : HTMLTextAreaElement;
    Object.getOwnPropertyDescriptor(proto.prototype, "value")?.set?.call(field, value);
  } else if (field.isContentEditable && field.firstElementChild === null) {
    field.textContent = value;
  } else {
    return;
  }
  field.dispatchEvent(new Event("input", { bubbles: true, composed: true }));
}

function isCheck({ type }: HTMLInputElement): boolean {
  return type === "checkbox" || type === "radio";
}

function chosenOf(
  { options }: HTMLSelectElement,
  isChosen: (option: HTMLOptionElement) => boolean,
): readonly string[] {
  return [...options].filter(isChosen).map(({ value }) => value);
}

/** A list that opens has its first option chosen where none is by default. */
function defaultOf(field: HTMLSelectElement): readonly string[] {
  const marked = chosenOf(field, (option) => option.defaultSelected);
  if (marked.length > 0) return field.multiple ? marked : marked.slice(-1);
  if (field.multiple || field.size > 1) return [];
  return chosenOf(field, (option) => !option.disabled).slice(0, 1);
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}

export function placeOf(field: Field): Place {
  const place = placeWithoutIndex(field);
  const alike = fieldsOf(document).filter((other) => isSame(placeWithoutIndex(other), place));
  return { ...place, index: alike.indexOf(field) };
}

/** Null while the page has none. */
export function fieldAt(place: Place): Field | null {
  const alike = fieldsOf(document).filter((field) => isSame(placeWithoutIndex(field), place));
  return alike[place.index] ?? null;
}

function placeWithoutIndex(field: Field): Omit<Place, "index"> {
  const { id, localName: tag } = field;
  const name = field.getAttribute("name") ?? "";
  // Of radios and checkboxes with one name each has another value.
  const check = field instanceof HTMLInputElement && isCheck(field) ? ` ${field.value}` : "";
  const type = field.getAttribute("type") ?? "";
  const form = field.closest("form");
  return {
    tag,
    type: type + check,
    id,
    name,
    form: form === null ? "" : (form.getAttribute("id") ?? form.getAttribute("action") ?? ""),
    path: id === "" && name === "" ? pathTo(field) : "",
  };
}

function isSame(a: Omit<Place, "index">, b: Omit<Place, "index">): boolean {
  const keys = ["tag", "type", "id", "name", "form", "path"] as const;
  return keys.every((key) => a[key] === b[key]);
}

/** A selector from the nearest element with an id. */
export function pathTo(element: Element): string {
  const parent = element.parentElement;
  if (element.id !== "") return `#${CSS.escape(element.id)}`;
  if (parent === null) return element.localName;
  const alike = [...parent.children].filter(({ localName }) => localName === element.localName);
  return `${pathTo(parent)}>${CSS.escape(element.localName)}:nth-of-type(${alike.indexOf(element) + 1})`;
}
