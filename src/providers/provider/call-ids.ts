/** Ids of tool calls as the server at hand accepts them: made for each request, never in the stored conversation. */
import { createHash } from "node:crypto";

/** What an id has to be; absent = anything goes. One that is accepted stays as it is: gateways keep signatures in ids. */
export interface IdRule {
  /** `word`: letters, digits, `_` and `-`. */
  characters?: "word" | "alphanumeric";
  /** Characters at most. */
  longest?: number;
  /** Characters exactly. */
  exactly?: number;
  /** No id comes twice in a conversation. Within one turn none ever does. */
  unique?: true;
  /** LiteLLM's ids stay as they are, whatever else holds: they carry the signature of Gemini's thoughts. */
  keepsSignatures?: true;
}

/** Learned from a refusal: a rule that holds from then on. */
export type IdRepair =
  | "call_ids=nine"
  | "call_ids=word"
  | "call_ids=unique"
  | "call_ids=whole-signatures-refused"
  | `call_ids<=${number}`;

const alphanumeric = /^[A-Za-z0-9]+$/;
const word = /^[A-Za-z0-9_-]+$/;
const signatureMark = "__thought__";

/** Mistral's, also behind gateways and in vLLM. */
export const nineCharacters: IdRule = { characters: "alphanumeric", exactly: 9 };

/**
 * Writes the ids of a conversation in order. What an id becomes depends on the calls before it only, so that the
 * beginning of a conversation stays the same from request to request, for the server's cache.
 */
export class CallIds {
  readonly #rule: IdRule;
  readonly #taken = new Set<string>();

  constructor(rule: IdRule) {
    this.#rule = rule;
  }

  /** Calls that follow are of another turn of the model. */
  beginTurn(): void {
    if (!this.#rule.unique) this.#taken.clear();
  }

  next(id: string): string {
    let written = this.#accepts(id) ? id : this.#shape(id, 0);
    for (let attempt = 1; this.#taken.has(written); attempt++) written = this.#shape(id, attempt);
    this.#taken.add(written);
    return written;
  }

  #accepts(id: string): boolean {
    const { characters, longest, exactly, keepsSignatures } = this.#rule;
    if (keepsSignatures && id.includes(signatureMark)) return true;
    if (id === "" || (exactly !== undefined && id.length !== exactly)) return false;
    if (longest !== undefined && id.length > longest) return false;
    return characters === undefined || (characters === "word" ? word : alphanumeric).test(id);
  }

  #shape(id: string, attempt: number): string {
    const { exactly, longest } = this.#rule;
    const readable = id.replace(/[^A-Za-z0-9_-]/g, "_") + (attempt === 0 ? "" : `_${attempt + 1}`);
    if (id !== "" && this.#accepts(readable)) return readable;
    const digest = BigInt(`0x${createHash("sha256").update(`${attempt}:${id}`).digest("hex")}`).toString(36);
    return digest.padStart(50, "0").slice(-(exactly ?? Math.min(longest ?? 24, 24)));
  }
}

/** What is known of a server together with what was learned from its refusals. */
export function idRule(known: IdRule, repairs: ReadonlySet<string>): IdRule {
  let rule = known;
  for (const repair of repairs) {
    if (repair === "call_ids=nine") rule = { ...rule, ...nineCharacters };
    else if (repair === "call_ids=word") rule = { characters: "word", ...rule };
    else if (repair === "call_ids=unique") rule = { ...rule, unique: true };
    else if (repair === "call_ids=whole-signatures-refused") {
      const { keepsSignatures: _, ...without } = rule;
      rule = without;
    } else if (repair.startsWith("call_ids<="))
      rule = { ...rule, longest: Math.min(Number(repair.slice(10)), rule.longest ?? Number.POSITIVE_INFINITY) };
  }
  return rule;
}

/** The fields of all protocols that hold the id of a call. */
const idFields = /"(tool_call_id|tool_use_id|call_id)":/;
/** Words about an id, not about an id inside another word ("invalid"). */
const aboutIds = /\b(tool[ _]?(call|use)[ _]?|call[ _])?ids?\b|tool_(call|use)_id|call_id|tool(use|call)id/i;

/** What the server's words ask of ids. Bounds are those that are known of servers; others are no bounds. */
export function* idRepairs(said: string, body: string): Generator<IdRepair> {
  if (!aboutIds.test(said) || !idFields.test(body)) return;
  if (/length (of|must be) 9\b|\{9\}|\b9[- ](alphanumeric )?characters|exactly 9/i.test(said)) yield "call_ids=nine";
  const longest =
    /(?:max(?:imum)?(?: allowed)? length(?: of| is)?|at most|less than or equal to|longer than|up to|exceeds?(?: the)?(?: maximum)?(?: length)?(?: of)?)\D{0,3}(\d{1,3})\b/i.exec(
      said,
    )?.[1];
  if (longest !== undefined && Number(longest) >= 8) yield `call_ids<=${Number(longest)}`;
  if (/unique|duplicate/i.test(said)) yield "call_ids=unique";
  if (/pattern|characters|a-zA-Z0-9|alphanumeric|invalid|regular expression/i.test(said)) {
    yield "call_ids=word";
    if (body.includes(signatureMark)) yield "call_ids=whole-signatures-refused";
  }
}
