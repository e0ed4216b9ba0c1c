/** Gives fragments of arguments that came with neither an id nor a name, under an index of their own, to their call. */
import { CallArguments, hasNone } from "../provider/call-arguments.ts";
import type { Call } from "./call.ts";

/**
 * The calls in their order, where a fragment went to the call before it, if this is the only one that lacks arguments.
 * Else nobody knows whose it is: then it stays a call without a name.
 */
export function placeStrays(calls: readonly Call[]): Call[] {
  const placed: Call[] = [];
  let lacking: Call[] = [];
  for (const call of calls) {
    if (call.name === "" && call.arguments.text === "" && !call.given) continue;
    if (call.name !== "") {
      lacking = lacking.filter(lacksArguments);
      if (lacksArguments(call)) lacking.push(call);
      placed.push(call);
      continue;
    }
    const last = placed.at(-1);
    lacking = lacking.filter(lacksArguments);
    if (!call.given && last !== undefined && lacking.length === 1 && lacking[0] === last) {
      last.arguments.push(call.arguments.text);
    } else if (!call.given && last !== undefined && last.name !== "" && isRepetition(call, last)) continue;
    else if (!call.given && last?.name === "" && !last.given) last.arguments.push(call.arguments.text);
    else placed.push(copyOf(call));
  }
  return placed;
}

export function lacksArguments({ arguments: source }: Pick<Call, "arguments">): boolean {
  const settled = source.settle();
  return settled === undefined || hasNone(settled);
}

function isRepetition(stray: Call, call: Call): boolean {
  return stray.arguments.settle() !== undefined && stray.arguments.settle() === call.arguments.settle();
}

/** Because others are joined to it. */
function copyOf(call: Call): Call {
  const copy = new CallArguments();
  copy.push(call.arguments.text);
  return { ...call, arguments: copy };
}
