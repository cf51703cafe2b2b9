/** Asks until the answer is not null; for what no event tells. Throws after a minute. */
export async function eventually<T>(
  look: () => T | null | Promise<T | null>,
  what: string,
): Promise<T> {
  for (const deadline = Date.now() + 60_000; ;) {
    const found = await look();
    if (found !== null) return found;
    if (Date.now() > deadline) throw new Error(`${what}: not within a minute`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
