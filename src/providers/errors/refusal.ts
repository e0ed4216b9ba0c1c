/** What a server's words say about a parameter that it refuses: shared by the repairs of all protocols. */
import type { AssistantError } from "../../core/errors.ts";

const refusing =
  /unsupported|not supported|does not support|doesn'?t support|unrecognized|unknown|unexpected|extra|not permitted|not allowed|forbidden|deprecated|invalid (parameter|argument|field)|not (a )?valid|不支持|지원하지|サポートされて/i;

/** The words of a request that was refused as such, or undefined when the error is another. */
export function refusalOf({ kind, details: { status, providerMessage = "" } }: AssistantError): string | undefined {
  // What an empty account or a wrong key is answered with may name parameters, too.
  const isOther = kind === "no-credit" || kind === "unauthorized";
  const isRefusal = !isOther && (status === 400 || status === 422 || kind === "bad-request");
  return isRefusal && providerMessage !== "" ? providerMessage : undefined;
}

/** True for words about a parameter that is not wanted at all, rather than about its value. */
export function isUnwanted(said: string): boolean {
  return refusing.test(said);
}

/** True where a temperature is refused, or any but the one that the model has anyway. */
export function refusesTemperature(said: string, body: string): boolean {
  if (!/temperature|top_p/i.test(said) || !body.includes('"temperature":')) return false;
  return (
    isUnwanted(said) ||
    /\bonly\b.{0,40}\d|(must|should|has to|needs to) be (set to |equal to )?(exactly )?\d(\.\d+)?\b(?! ?(and|to|or|-|–|,))|fixed|仅支持|只(支持|能)/i.test(
      said,
    )
  );
}

/** True where a model takes no words of the system. Old templates say only that the roles do not alternate then. */
export function refusesSystem(said: string): boolean {
  const named =
    /(system|developer)['"`]?[ _-]?(role|messages?|prompts?|instructions?)|role['"`:= ]{1,4}(system|developer)|['"`](system|developer)['"`]|system ?(角色|消息|提示)|角色.{0,4}system/i;
  return (
    /roles must alternate|only user.{0,20} roles? (is|are)|roles?\b.{0,40}(should be|must be|one of|expected|only)[^.]{0,30}\buser\b/i.test(
      said,
    ) ||
    (named.test(said) && /not|n['’]t|不支持|invalid|unsupported|unexpected|unknown|must be|only|one of/i.test(said))
  );
}

/** True where a model, or whoever serves it, calls no tools. */
export function refusesTools(said: string, body: string): boolean {
  if (!body.includes('"tools":[{')) return false;
  const tools = /\b(tools?|tool[ _](use|calls?|calling|choice)|functions?|function[ _]call(s|ing)?)\b/i;
  return (
    /no endpoints found that support tool|enable-auto-tool-choice/i.test(said) ||
    (tools.test(said) &&
      /(does not|doesn['’]t|do not|cannot|can['’]t) (currently )?(support|use|call|accept|allow)|(not|un)[ -]?supported|not (enabled|available|allowed|implemented)/i.test(
        said,
      ) &&
      !/schema|\.parameters\b|strict|reasoning_effort/i.test(said))
  );
}

/** True where proofs of thoughts are refused, rather than missed. */
export function refusesSignatures(said: string): boolean {
  return (
    /signature/i.test(said) && /invalid|not valid|corrupt|mismatch|does not match|could not be verified/i.test(said)
  );
}

/** True for the words of Google's servers about JSON Schema that they do not read. */
export function refusesSchemaWords(said: string): boolean {
  return (
    /function_?declarations?.{0,80}parameters|unknown name ["'\\]*(additionalProperties|\$\w+|const|exclusiveM\w+|\w+Of|default|examples|\w+Properties|propertyNames)/i.test(
      said,
    ) || /cannot start list|TYPE_ENUM|Type enum/.test(said)
  );
}

/** True where alternatives at the top of a tool's parameters are refused. */
export function refusesAlternatives(said: string): boolean {
  return (
    /(any_?of|one_?of|all_?of)/i.test(said) ||
    /top[ -]level.{0,40}(schema|enum|not)|schema.{0,60}top[ -]level/i.test(said)
  );
}

/** The first repair that has not been tried. */
export function untried<Repair>(candidates: Iterable<Repair>, tried: ReadonlySet<Repair>): Repair | undefined {
  for (const repair of candidates) if (!tried.has(repair)) return repair;
  return undefined;
}
