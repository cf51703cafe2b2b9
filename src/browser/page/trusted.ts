/** What pages that enforce Trusted Types take for the address of a script; no DOM library knows it yet. */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL: (url: string) => string },
  ): { createScriptURL: (url: string) => string };
}

declare global {
  interface Window {
    readonly trustedTypes?: TrustedTypes;
  }
}

/** An address of our own as workers take it; null where the page allows none. */
export function trustedUrl(url: string): string | null {
  if (window.trustedTypes === undefined) return url;
  try {
    policy ??= window.trustedTypes.createPolicy("gust", { createScriptURL: (own) => own });
    return policy.createScriptURL(url);
  } catch {
    return null;
  }
}

let policy: ReturnType<TrustedTypes["createPolicy"]> | null = null;
