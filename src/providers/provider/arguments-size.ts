/** Counts the arguments of all tool calls of one answer, which are parsed together at its end. */
import { limits } from "../../core/limits.ts";

export class ArgumentsSize {
  #left: number = limits.toolArguments;

  /** False when there would be more than `limits` allow; then these are not counted. */
  take(characters: number): boolean {
    if (characters > this.#left) return false;
    this.#left -= characters;
    return true;
  }

  /** Of arguments that others take the place of. */
  giveBack(characters: number): void {
    this.#left += characters;
  }
}
