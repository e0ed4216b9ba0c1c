// Keeps the brackets that are open while inline text is read, and finds what a link between two of them leads to.
import type { NamedEntityDecoder } from "./characters.ts";
import type { Delimiter } from "./emphasis.ts";
import { labelLength, normalizeLabel, parseInlineTarget } from "./link-parts.ts";
import type { Reference, References } from "./nodes.ts";
import type { Piece } from "./pieces.ts";

export interface Bracket {
  readonly piece: Piece;
  readonly previous: Bracket | undefined;
  readonly delimitersBelow: Delimiter | undefined;
  /** Behind the bracket. */
  readonly position: number;
  readonly image: boolean;
  /** True if another bracket opened behind this one: then the text between is no label. */
  bracketInside: boolean;
}

export interface LinkTarget extends Reference {
  /** Behind the target. */
  readonly end: number;
}

export class BracketStack {
  top: Bracket | undefined;
  /** Labels that would make a link if they were defined. */
  readonly missingLabels = new Set<string>();
  private readonly references: References;
  /** Link openers before this position have a link inside, so they open none themselves. */
  private inactiveBefore = 0;

  constructor(references: References) {
    this.references = references;
  }

  open(piece: Piece, position: number, delimitersBelow: Delimiter | undefined): void {
    const previous = this.top;
    if (previous) previous.bracketInside = true;
    this.top = { piece, previous, delimitersBelow, position, image: piece.text === "![", bracketInside: false };
  }

  /** Takes the last bracket off; gives it if it may begin a link. */
  close(): Bracket | undefined {
    const bracket = this.top;
    this.top = bracket?.previous;
    return bracket && (bracket.image || bracket.position >= this.inactiveBefore) ? bracket : undefined;
  }

  /** What follows the closing bracket: an address, a label, or nothing if the text is a label itself. */
  target(bracket: Bracket, source: string, start: number, named: NamedEntityDecoder): LinkTarget | undefined {
    const inline = source[start] === "(" ? parseInlineTarget(source, start, named) : undefined;
    if (inline) return inline;
    const length = labelLength(source, start);
    if (length <= 2 && bracket.bracketInside) return undefined;
    const shown = length > 2 ? source.slice(start, start + length) : source.slice(bracket.position - 1, start);
    const label = normalizeLabel(shown);
    const reference = this.references.get(label);
    if (reference) return { ...reference, end: start + length };
    if (label !== "" && label.length < 1000) this.missingLabels.add(label);
    return undefined;
  }

  wrap(bracket: Bracket, { address, title }: Reference): void {
    bracket.piece.text = "";
    bracket.piece.opens.push({ type: bracket.image ? "image" : "link", address, title });
    if (!bracket.image) this.inactiveBefore = bracket.position;
  }
}
