/** What stands in the place of a secret. */
const mask = "***";

/** A value shorter than this may stand anywhere by chance, and is no secret that holds. */
const shortest = 6;

/** Whether a variable of this name is not to be shown: `DB_PASSWORD`, `apiKey`, `SENTRY_DSN`. */
export function isSecretName(name: string): boolean {
  return secretName.test(name) && !harmlessName.test(name);
}

/** The values that must not be shown, of an environment; the longest first. */
export function secretsOf(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const found = new Set<string>();
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined) continue;
    if (isSecretName(name) && value.length >= shortest && !plain.test(value)) found.add(value);
    for (const [, password = ""] of value.matchAll(inUrl)) {
      if (password.length >= shortest) found.add(password);
    }
  }
  return [...found].toSorted((a, b) => b.length - a.length);
}

/**
 * A text without secrets: `NAME=value` and `--name value` of a secret name, passwords in URLs, and the
 * values that are known.
 */
export function withoutSecrets(text: string, known: readonly string[] = []): string {
  const masked = withoutKnown(text, known);
  // Most texts have nothing that could be one.
  if (!/[=:@]|--/.test(masked)) return masked;
  return masked
    .replaceAll(inUrl, (all, password: string, at: number) => {
      const user = all.slice(0, all.length - password.length - 1);
      return at < 0 ? all : `${user}${mask}@`;
    })
    .replaceAll(assigned, (all, name: string, sign: string) =>
      isSecretName(name) ? `${name}${sign}${mask}` : all,
    );
}

/** A text without the values that are known to be secrets, and all else as it is. */
export function withoutKnown(text: string, known: readonly string[]): string {
  let masked = text;
  for (const value of known) {
    if (masked.includes(value)) masked = masked.replaceAll(value, mask);
  }
  return masked;
}

/** The same for the words of a command: the value of `--token` may be a word of its own. */
export function wordsWithoutSecrets(words: readonly string[]): readonly string[] {
  return words.map((word, index) => {
    const before = words[index - 1] ?? "";
    const named = /^--?[\w-]+$/.test(before) && isSecretName(before.replace(/^-+/, ""));
    return named && !word.startsWith("-") ? mask : withoutSecrets(word);
  });
}

const secretName = /SECRET|TOKEN|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|DSN|KEY/i;

/** Names that have one of these words, and say something else. */
const harmlessName = /KEYBOARD|KEYMAP|KEYSTONE|MONKEY|TURKEY|no-keys|TOKENS?_PER|MAX_TOKENS/i;

/** Words that stand everywhere. */
const plain = /^(?:true|false|none|null|\d{1,7})$/i;

/** `scheme://user:password@` */
const inUrl = /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@"']*:([^\s/@"']+)@/gi;

/** `NAME=value`, `--name=value`, `--name value`, `"name": "value"`; the value in quotes or up to a space. */
const assigned =
  /([A-Za-z_][\w-]*)("?\s*[=:]\s*|\s+(?=\S)(?<=--[\w-]+\s+))("(?:[^"\\]|\\.)*"|'[^']*'|[^\s"'&;|,)]+)/g;
