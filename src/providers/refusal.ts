/** What a server's words say about a parameter that it refuses: shared by the repairs of all protocols. */
import type { AssistantError } from "../core/errors.ts";

const refusing =
  /unsupported|not supported|does not support|doesn'?t support|unrecognized|unknown|unexpected|extra|not permitted|not allowed|forbidden|deprecated|invalid (parameter|argument|field)|not (a )?valid/i;

/** The words of a request that was refused as such, or undefined when the error is another. */
export function refusalOf(error: AssistantError): string | undefined {
  const { status, providerMessage = "" } = error.details;
  return (status === 400 || status === 422) && providerMessage !== "" ? providerMessage : undefined;
}

/** True for words about a parameter that is not wanted at all, rather than about its value. */
export function isUnwanted(said: string): boolean {
  return refusing.test(said);
}

/** The first repair that has not been tried. */
export function untried<Repair>(candidates: Iterable<Repair>, tried: ReadonlySet<Repair>): Repair | undefined {
  for (const repair of candidates) if (!tried.has(repair)) return repair;
  return undefined;
}
