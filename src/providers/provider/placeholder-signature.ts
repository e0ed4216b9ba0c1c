/** Google's own word for the signature of a call that another model made, on its own protocol and on OpenAI's. */
export const placeholderSignature = "skip_thought_signature_validator";
