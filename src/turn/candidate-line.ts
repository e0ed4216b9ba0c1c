/** Which candidates are asked, in their order. */
import type { Notice } from "../core/events.ts";
import type { Target } from "../core/target.ts";
import type { Candidate } from "./candidate.ts";
import type { Endpoints } from "./endpoints.ts";

/** When all are cooling down, the first is asked all the same: a person who asks now wants an answer now. */
export function lineOf(
  candidates: readonly Candidate[],
  endpoints: Endpoints,
): { line: readonly Candidate[]; leftOut: Notice[] } {
  const line: Candidate[] = [];
  const leftOut: Notice[] = [];
  for (const candidate of candidates) {
    const target = targetOf(candidate);
    const cooling = endpoints.cooling(target);
    if (cooling === undefined) line.push(candidate);
    else leftOut.push({ type: "notice", code: "left-out", target, ...cooling });
  }
  return line.length > 0 ? { line, leftOut } : { line: candidates.slice(0, 1), leftOut: [] };
}

export function targetOf(candidate: Candidate): Target {
  return { provider: candidate.provider.config.id, model: candidate.model };
}
