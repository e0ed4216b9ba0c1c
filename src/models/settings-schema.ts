/** Runnel's settings beside those of single features: what each may be, what holds instead, and how it is shown. */
import * as v from "valibot";
import { providerSchema } from "./provider-schema.ts";
import { choice, list, number, string, wholeNumber } from "./schema.ts";

/**
 * One setting. `npm run settings` writes it into `package.json`: what it says stands in `package.nls.json` under
 * `setting.NAME`, with fields and choices behind another dot. Where `schema` has a fallback, a value that cannot be used
 * counts as that.
 */
export interface Setting<Schema extends v.GenericSchema = v.GenericSchema> {
  schema: Schema;
  default: v.InferInput<Schema>;
  /** The place among the others. */
  order: number;
  tags?: readonly ("usesOnlineServices" | "telemetry")[];
  editPresentation?: "multilineText";
}

function setting<const Schema extends v.GenericSchema>(about: Setting<Schema>): Setting<Schema> {
  return about;
}

const modelName = setting({ schema: string, default: "", order: 2 });
const limit = v.fallback(v.optional(number(0), 0), 0);

export const settings = {
  providers: setting({ schema: list(providerSchema), default: [], order: 1, tags: ["usesOnlineServices"] }),
  chatModel: modelName,
  editModel: modelName,
  commitModel: modelName,
  failover: setting({ schema: list(v.pipe(string, v.regex(/^[^/]+\/.+$/))), default: [], order: 3 }),
  systemPrompt: setting({
    schema: v.fallback(v.string(), ""),
    default: "",
    order: 4,
    editPresentation: "multilineText",
  }),
  temperature: setting({ schema: v.fallback(v.nullable(number(0, 2)), null), default: null, order: 5 }),
  maxOutputTokens: setting({ schema: v.fallback(v.nullable(wholeNumber(1)), null), default: null, order: 6 }),
  sendKey: setting({ schema: v.fallback(choice(["enter", "ctrlEnter"]), "enter"), default: "enter", order: 7 }),
  budget: setting({
    // What is no limit counts as none, so that a typing error never blocks anybody.
    schema: v.fallback(
      v.object({
        hourly: limit,
        daily: limit,
        monthly: limit,
        currency: v.fallback(v.optional(v.pipe(string, v.toUpperCase(), v.regex(/^[A-Z]{3}$/)), "USD"), "USD"),
        onExceeded: v.fallback(v.optional(choice(["block", "warn"]), "block"), "block"),
      }),
      { hourly: 0, daily: 0, monthly: 0, currency: "USD", onExceeded: "block" },
    ),
    default: { hourly: 0, daily: 0, monthly: 0, currency: "USD", onExceeded: "block" },
    order: 8,
  }),
  priceUpdateUrl: setting({
    schema: v.pipe(v.string(), v.regex(/^(https:\/\/.+|http:\/\/(localhost|127\.0\.0\.1|\[::1\])[:/].*|)$/)),
    default: "",
    order: 9,
    tags: ["usesOnlineServices"],
  }),
};
