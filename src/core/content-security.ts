/*
 * What a page's Content-Security-Policy has to allow for gust's script in it, and no more: the script
 * itself, the worker that it starts, and the connections of both; all of them lie below /__gust/.
 * Whatever the page allows or forbids itself stays as it is.
 *
 * shim/ has the same in Go; both are tried with test/fixtures/web/csp.json.
 */

export interface GustAllowed {
  /** The header's values, in the order in which they were given; those that need no change are kept. */
  readonly policies: readonly string[];
  /** What the attribute `nonce` of the script has to be; null where it needs none. */
  readonly nonce: string | null;
  /** True when `nonce` is the given one, so that it is in no other answer. */
  readonly fresh: boolean;
  /** False: no script runs in the page, or none of the program's own origin, so that it gets none. */
  readonly scripts: boolean;
}

/**
 * Adds gust to all policies of a page. `values` are the values of its headers
 * Content-Security-Policy, each of which may hold several policies; `origin` is the page's own, such
 * as `http://localhost:8080`; `nonce` is a new one, for where one is needed and the page has none.
 */
export function allowGust(values: readonly string[], origin: string, nonce: string): GustAllowed {
  const all = values.map((value) => value.split(",").map(parsePolicy));
  const dynamic = all.flat().map(scriptsOf).filter(isDynamic);
  const known = dynamic.flatMap((list) => list.flatMap(nonceOf)).at(0);
  const ours: Ours = { source: sourceOf(origin), nonce: known ?? nonce };
  const policies = all.map((parsed, index) => {
    const amended = parsed.map((policy) => amend(policy, ours));
    const same = amended.every((policy, at) => policy === parsed[at]);
    return same ? (values[index] ?? "") : amended.filter(isGiven).map(textOf).join(", ");
  });
  return {
    policies,
    nonce: dynamic.length > 0 ? ours.nonce : null,
    fresh: dynamic.length > 0 && known === undefined,
    scripts: all.flat().every(runsScripts),
  };
}

interface Ours {
  /** Source expression for all that lies below /__gust/. */
  readonly source: string;
  readonly nonce: string;
}

interface Directive {
  /** In lower case. */
  readonly name: string;
  readonly list: readonly string[];
  /** As it was given; null for those of ours. */
  readonly text: string | null;
}

type Policy = readonly Directive[];

/** Of several directives with one name the first counts, as for browsers. */
function amend(policy: Policy, ours: Ours): Policy {
  if (!isGiven(policy)) return policy;
  return [amendScripts, amendWorkers, amendConnections, amendTypes].reduce(
    (amended, step) => step(amended, ours),
    policy,
  );
}

function amendScripts(policy: Policy, { source, nonce }: Ours): Policy {
  const found = find(policy, scriptNames);
  if (found === null) return policy;
  const own = found.name === "default-src" ? "script-src" : found.name;
  // There, a source by its address counts for nothing, and 'unsafe-inline' is off already.
  if (isDynamic(found.list)) {
    const known = found.list.flatMap(nonceOf).includes(nonce);
    return known ? policy : add(policy, found, own, `'nonce-${nonce}'`);
  }
  return addSource(policy, found, own, source);
}

function amendWorkers(policy: Policy, { source }: Ours): Policy {
  const found = find(policy, ["worker-src", "child-src", ...scriptNames.slice(1)]);
  // A script that may run may start workers there.
  if (found === null || (found.name !== "worker-src" && isDynamic(found.list))) return policy;
  return addSource(policy, found, "worker-src", source);
}

function amendConnections(policy: Policy, { source }: Ours): Policy {
  const found = find(policy, ["connect-src", "default-src"]);
  return found === null ? policy : addSource(policy, found, "connect-src", source);
}

/** What the script makes from text is made by a policy of this name. */
function amendTypes(policy: Policy): Policy {
  const found = find(policy, ["trusted-types"]);
  if (found === null || found.list.includes("*")) return policy;
  return add(policy, found, found.name, "gust");
}

/** Unless what comes from the page's own address is allowed in any case. */
function addSource(policy: Policy, found: Directive, own: string, source: string): Policy {
  const secure = source.startsWith("https:") ? ["https:"] : [];
  const enough = ["*", "'self'", "http:", ...secure];
  if (enough.some((word) => has(found.list, word))) return policy;
  // Without a scheme it is the page's own: behind a proxy that encrypts, the browser knows it by another one.
  return add(policy, found, own, source.replace(/^https?:\/\//, ""));
}

/**
 * Adds to the directive that was found, where it is the one that is about this alone; otherwise that
 * one is put beside it, with the same list and ours.
 */
function add(policy: Policy, found: Directive, own: string, added: string): Policy {
  if (found.list.includes(added)) return policy;
  const list = [...found.list.filter((one) => one.toLowerCase() !== "'none'"), added];
  const amended: Directive = { name: own, list, text: null };
  if (found.name !== own) return [...policy, amended];
  return policy.map((one) => (one === found ? amended : one));
}

const scriptNames = ["script-src-elem", "script-src", "default-src"];

const scriptsOf = (policy: Policy): readonly string[] => find(policy, scriptNames)?.list ?? [];

const isDynamic = (list: readonly string[]): boolean => has(list, "'strict-dynamic'");

const has = (list: readonly string[], word: string): boolean =>
  list.some((one) => one.toLowerCase() === word);

function nonceOf(source: string): readonly string[] {
  const [, nonce] = /^'nonce-([A-Za-z0-9+/_-]+={0,2})'$/i.exec(source) ?? [];
  return nonce === undefined ? [] : [nonce];
}

function runsScripts(policy: Policy): boolean {
  const sandbox = find(policy, ["sandbox"]);
  return (
    sandbox === null ||
    ["allow-scripts", "allow-same-origin"].every((word) => has(sandbox.list, word))
  );
}

/** An address that has no form in a policy, such as one of IPv6, is told by what it is. */
function sourceOf(origin: string): string {
  return /^https?:\/\/[a-z0-9.-]+(?::\d+)?$/i.test(origin) ? `${origin}/__gust/` : "'self'";
}

/** The first of these names that the policy has. */
function find(policy: Policy, names: readonly string[]): Directive | null {
  for (const name of names) {
    const found = policy.find((one) => one.name === name);
    if (found !== undefined) return found;
  }
  return null;
}

const isGiven = (policy: Policy): boolean => policy.length > 0;

function parsePolicy(text: string): Policy {
  return text.split(";").flatMap((part) => {
    const [name, ...list] = part.split(/[\t\n\f\r ]+/).filter((word) => word !== "");
    return name === undefined ? [] : [{ name: name.toLowerCase(), list, text: part.trim() }];
  });
}

function textOf(policy: Policy): string {
  return policy.map(({ name, list, text }) => text ?? [name, ...list].join(" ")).join("; ");
}
