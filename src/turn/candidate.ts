/** A model that could answer, with what asking it needs. */
import type { Price } from "../core/usage.ts";
import type { Provider, ResolvedHeaders } from "../providers/provider/provider.ts";

export interface Candidate {
  provider: Provider;
  model: string;
  /** Read just before each request. Throws `AssistantError` when a key is needed and none fits the origin. */
  apiKey(): Promise<string | undefined>;
  /** The same for the entry's own headers. Throws `AssistantError` when a variable in them is not set or may not be sent. */
  headers?(): Promise<ResolvedHeaders>;
  /** The person's own price for this model, and the endpoint's. */
  ownPrice?: Price;
  endpointPrice?: Price;
  /** The endpoint names a price that cannot be right. */
  unreadablePrice?: true;
}
