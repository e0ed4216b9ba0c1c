/** An answer whose request is refused inside its stream, before anything is shown: asked once more as it is accepted. */
import type { AssistantError } from "../../core/errors.ts";
import { isOutput, type Notice, type StreamEvent } from "../../core/events.ts";
import type { ChatRequest } from "../../core/message.ts";
import { isOfOneLevel } from "./effort.ts";

/** Each repair is another one; no server was seen to refuse more things of one request. */
const mostRepairs = 8;

/** What the models of a provider were found to need, for as long as its configuration lives. */
export class Repairs<Repair extends string> {
  readonly #known = new Map<string, ReadonlySet<Repair>>();
  readonly #always: Iterable<Repair>;

  /** `always`: what every request needs. */
  constructor(always: Iterable<Repair> = []) {
    this.#always = always;
  }

  /** What a refused level of thinking taught is remembered for this level alone. */
  begin({ model, effort }: Pick<ChatRequest, "model" | "effort">): Attempt<Repair> {
    const level = `${model}\n${effort}`;
    const remember = (repairs: ReadonlySet<Repair>) => {
      const all = [...repairs];
      this.#known.set(model, new Set(all.filter((repair) => !isOfOneLevel(repair))));
      this.#known.set(level, new Set(all.filter(isOfOneLevel)));
    };
    return new Attempt([...(this.#known.get(model) ?? this.#always), ...(this.#known.get(level) ?? [])], remember);
  }
}

/** What one request was found to need so far. */
export class Attempt<Repair extends string> {
  /** What was sent last. */
  body = "";
  readonly #tried: Set<Repair>;
  readonly #repaired: Repair[] = [];
  readonly #remember: (repairs: ReadonlySet<Repair>) => void;

  constructor(known: Iterable<Repair>, remember: (repairs: ReadonlySet<Repair>) => void) {
    this.#tried = new Set(known);
    this.#remember = remember;
  }

  get repairs(): ReadonlySet<Repair> {
    return this.#tried;
  }

  /** There is an answer: only what led to one is worth remembering, and being told. */
  accepted(): Notice[] {
    if (this.#repaired.length === 0) return [];
    this.#remember(this.#tried);
    return [{ type: "notice", code: "repaired", detail: this.#repaired.join(", ") }];
  }

  /** The repair that `repairFor` knows for the refusal, now part of `repairs`; undefined when there is none. */
  repair(error: AssistantError, repairFor: RepairFor<Repair>): Repair | undefined {
    if (this.#repaired.length === mostRepairs) return undefined;
    const repair = repairFor(error, this.body, this.#tried);
    if (repair === undefined) return undefined;
    this.#tried.add(repair);
    this.#repaired.push(repair);
    return repair;
  }
}

type RepairFor<Repair extends string> = (
  error: AssistantError,
  body: string,
  tried: ReadonlySet<Repair>,
) => Repair | undefined;

/** `mayAskAgain` is called for what is thrown before any output. Not a generator, which would cost each array a turn. */
export function repairedAnswer(
  ask: () => AsyncIterable<readonly StreamEvent[]>,
  attempt: Pick<Attempt<string>, "accepted">,
  mayAskAgain: (error: unknown) => boolean,
): AsyncIterable<readonly StreamEvent[]> {
  return {
    [Symbol.asyncIterator]() {
      let answer = ask()[Symbol.asyncIterator]();
      let shown = false;
      const first = async (): Promise<IteratorResult<readonly StreamEvent[]>> => {
        for (;;) {
          try {
            const result = await answer.next();
            if (result.done) return result;
            shown = result.value.some(isOutput);
            const notices = shown ? attempt.accepted() : [];
            return notices.length > 0 ? { done: false, value: [...notices, ...result.value] } : result;
          } catch (error) {
            if (!mayAskAgain(error)) throw error;
            answer = ask()[Symbol.asyncIterator]();
          }
        }
      };
      return {
        next: () => (shown ? answer.next() : first()),
        return: async () => (await answer.return?.()) ?? { done: true, value: undefined },
      };
    },
  };
}
