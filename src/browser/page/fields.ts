/** Something that is filled in. */
export type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement | HTMLElement;

/** By what a field is found in the page that comes next, which another version may have made. */
export interface Place {
  /** What it is, and what it and its form are called. */
  readonly key: string;
  /** Which of those with this key. */
  readonly index: number;
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
    return chosen.join() === defaultOf(field).join() ? null : chosen;
  }
  return isText(field) && field.value !== field.defaultValue ? field.value : null;
}

/** What is in the field, changed or not: frameworks make what is typed the default. */
export function valueOf(field: Field): FieldValue {
  if (field instanceof HTMLSelectElement) return chosenOf(field, (option) => option.selected);
  if (field instanceof HTMLInputElement && isCheck(field)) return field.checked;
  return isText(field) ? field.value : (field.textContent ?? "");
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
  } else if (isText(field)) {
    // Frameworks put setters of their own over the value, which would take this for their own doing.
    const { prototype } =
      field instanceof HTMLInputElement ? HTMLInputElement : HTMLTextAreaElement;
    Reflect.set(prototype, "value", value, field);
  } else {
    field.textContent = value;
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

export function placeOf(field: Field): Place {
  const key = keyOf(field);
  return { key, index: fieldsWith(key).indexOf(field) };
}

/** Null while the page has none. */
export function fieldAt({ key, index }: Place): Field | null {
  return fieldsWith(key)[index] ?? null;
}

function fieldsWith(key: string): readonly Field[] {
  return fieldsOf(document).filter((field) => keyOf(field) === key);
}

function keyOf(field: Field): string {
  const own = ["id", "name", "type"].map((name) => field.getAttribute(name) ?? "");
  // Of radios and checkboxes with one name each has another value.
  const check = field instanceof HTMLInputElement && isCheck(field) ? field.value : "";
  const form = field.closest("form");
  const about = form?.getAttribute("id") ?? form?.getAttribute("action") ?? "";
  return [field.localName, ...own, check, about].join("\n");
}

/** A selector from the nearest element with an id. */
export function pathTo(element: Element): string {
  const parent = element.parentElement;
  if (element.id !== "") return `#${CSS.escape(element.id)}`;
  if (parent === null) return ":root";
  return `${pathTo(parent)}>:nth-child(${[...parent.children].indexOf(element) + 1})`;
}

/** A field in which a caret can be. */
export function isText(field: Field): field is HTMLInputElement | HTMLTextAreaElement {
  return field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement;
}
