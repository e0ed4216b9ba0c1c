/** The list of instructions that a person gave before: newest first, each once. */

const MOST = 30;

/** The list with `instruction` at its head. */
export function remember(recent: readonly string[], instruction: string): string[] {
  const typed = instruction.trim();
  return typed === "" ? [...recent] : [typed, ...recent.filter((each) => each !== typed)].slice(0, MOST);
}

/** The list as it was stored; anything but texts is left out. */
export function asRecent(stored: unknown): string[] {
  return Array.isArray(stored) ? stored.filter((each) => typeof each === "string").slice(0, MOST) : [];
}
