/** Recognises deltas that differ from the one before in nothing but their text and their number. */
import { ChunkTemplate } from "../chunk-template.ts";

const numberField = /"sequence_number"\s*:\s*(?=\d)/;

/** A number cuts its delta in two: one half is always the same, and of the other half only the text changes. */
export class DeltaTemplate {
  /** Of the delta that matched last. */
  number: number | undefined;
  readonly #template = new ChunkTemplate();
  /** The half without the text, up to the number or from its end on; undefined where deltas have no number. */
  #same: string | undefined;
  #numberIsFirst = false;

  /** The text, when `data` is the learned delta with another plain text and another number. */
  match(data: string): string | undefined {
    const same = this.#same;
    if (same === undefined) {
      this.number = undefined;
      return this.#template.match(data);
    }
    let start = this.#numberIsFirst ? same.length : data.length - same.length;
    let end = start;
    if (this.#numberIsFirst) {
      if (data.slice(0, start) !== same) return undefined;
      while (isDigit(data, end)) end++;
    } else {
      if (data.slice(end) !== same) return undefined;
      while (isDigit(data, start - 1)) start--;
    }
    if (start === end) return undefined;
    const text = this.#template.match(this.#numberIsFirst ? data.slice(end) : data.slice(0, start));
    if (text !== undefined) this.number = Number(data.slice(start, end));
    return text;
  }

  /** `data` was parsed and did nothing but give `text` as the value of `delta`. */
  learn(data: string, text: string): void {
    this.#same = undefined;
    const found = numberField.exec(data);
    if (!found) {
      this.#template.learn(data, "delta", text);
      return;
    }
    const start = found.index + found[0].length;
    let end = start;
    while (isDigit(data, end)) end++;
    this.#numberIsFirst = start < data.indexOf('"delta"');
    this.#same = this.#numberIsFirst ? data.slice(0, start) : data.slice(end);
    // A half that names the field too is given no text to learn.
    const half = this.#numberIsFirst ? data.slice(end) : data.slice(0, start);
    this.#template.learn(this.#same.includes('"delta"') ? "" : half, "delta", text);
  }
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0x30 && code <= 0x39;
}
