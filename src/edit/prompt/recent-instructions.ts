/** The list of instructions that a person gave before: newest first, each once. */

import { storedStrings } from "../../core/stored.ts";

const MOST = 30;

/** The list with `instruction` at its head. */
export function remember(recent: readonly string[], instruction: string): string[] {
  const typed = instruction.trim();
  return typed === "" ? [...recent] : [typed, ...recent.filter((each) => each !== typed)].slice(0, MOST);
}

/** The list as it was stored; anything but strings, and what nobody can have typed, is left out. */
export function asRecent(stored: unknown): string[] {
  return [...new Set(storedStrings(stored, MOST))];
}
