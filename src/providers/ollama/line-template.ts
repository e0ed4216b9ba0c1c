/** Recognises lines that differ from the one before in nothing but their time and their text. */
import { ChunkTemplate } from "../chunk-template.ts";

const backslash = 0x5c;

export class LineTemplate {
  /** Of what follows the time. */
  readonly #rest = new ChunkTemplate();
  /** The line up to its time. */
  #before = "";

  /** The text, when `line` is the learned one with another time and another plain text in their places. */
  match(line: string): string | undefined {
    const rest = this.#afterTime(line);
    return rest === undefined ? undefined : this.#rest.match(rest);
  }

  /** `line` was parsed and did nothing but give `text` as the value of `field`. */
  learn(line: string, field: string, text: string): void {
    this.#before = /^\{[^{}]*?"created_at"\s*:\s*"/.exec(line)?.[0] ?? "";
    this.#rest.learn(this.#afterTime(line) ?? "", field, text);
  }

  #afterTime(line: string): string | undefined {
    const { length } = this.#before;
    if (length === 0 || line.slice(0, length) !== this.#before) return undefined;
    const end = line.indexOf('"', length);
    return end < 0 || line.charCodeAt(end - 1) === backslash ? undefined : line.slice(end);
  }
}
