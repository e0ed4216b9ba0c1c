/** Recognises deltas that differ from the one before in nothing but their text and their number. */
import { ChunkTemplate } from "../chunk-template.ts";

const numberField = /"sequence_number"\s*:\s*(?=\d)/;

/** Without its number a delta is like the one before, so that is cut out before the comparison. */
export class DeltaTemplate {
  /** Of the delta that matched last. */
  number: number | undefined;
  readonly #template = new ChunkTemplate();
  /** Where the number begins, from the start of a delta; or where it ends, from its end, as it may follow the text. */
  #fromStart: number | undefined;
  #fromEnd: number | undefined;

  /** The text, when `data` is the learned delta with another plain text and another number. */
  match(data: string): string | undefined {
    let start = this.#fromStart ?? data.length - (this.#fromEnd ?? 0);
    let end = start;
    if (this.#fromStart !== undefined) while (isDigit(data, end)) end++;
    else if (this.#fromEnd !== undefined) while (isDigit(data, start - 1)) start--;
    else {
      this.number = undefined;
      return this.#template.match(data);
    }
    if (start === end) return undefined;
    const text = this.#template.match(data.slice(0, start) + data.slice(end));
    if (text !== undefined) this.number = Number(data.slice(start, end));
    return text;
  }

  /** `data` was parsed and did nothing but give `text` as the value of `delta`. */
  learn(data: string, text: string): void {
    this.#fromStart = undefined;
    this.#fromEnd = undefined;
    const found = numberField.exec(data);
    if (!found) {
      this.#template.learn(data, "delta", text);
      return;
    }
    const start = found.index + found[0].length;
    let end = start;
    while (isDigit(data, end)) end++;
    if (start < data.indexOf('"delta"')) this.#fromStart = start;
    else this.#fromEnd = data.length - end;
    this.#template.learn(data.slice(0, start) + data.slice(end), "delta", text);
  }
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0x30 && code <= 0x39;
}
