/** Loading a part of Runnel itself, later than the rest. */
import { AssistantError } from "./errors.ts";

/** What is loaded, where that fails as an error that nobody takes for the server's. */
export async function ownPart<Part>(loading: Promise<Part>): Promise<Part> {
  try {
    return await loading;
  } catch (cause) {
    const message = `A part of Runnel could not be loaded: ${cause instanceof Error ? cause.message : cause}`;
    throw new AssistantError("malformed", message, { reason: "not-loaded", cause });
  }
}
