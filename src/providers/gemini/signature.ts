/** Gemini's proof of its thoughts on a text, marked so that it never goes back to another provider. */

const prefix = "gemini:";

export function markSignature(signature: string): string {
  return prefix + signature;
}

/** The signature as Gemini gave it, or undefined when it is another provider's. */
export function ownSignature(signature: string | undefined): string | undefined {
  return signature?.startsWith(prefix) ? signature.slice(prefix.length) : undefined;
}
