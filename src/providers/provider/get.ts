/** A short question beside the chat, such as for the models: sends it and reads the whole answer. */

import type { LimitName } from "../../core/limits.ts";
import { limits } from "../../core/limits.ts";
import { readText } from "../../stream/transport/http.ts";
import type { HttpResponse } from "../../stream/transport/transport.ts";
import type { ErrorContext } from "../errors/errors.ts";
import { tooLarge } from "../errors/stream-errors.ts";
import { requestHeaders } from "./auth.ts";
import type { ProviderConfig, StreamContext } from "./provider.ts";

/** Seconds to wait for an answer that takes no thinking. */
const patience = 60;

export async function get(
  config: ProviderConfig,
  context: StreamContext,
  url: string,
  options: { headers?: Record<string, string> | undefined; limit?: LimitName } = {},
): Promise<{ response: HttpResponse; body: string; origin: ErrorContext }> {
  const response = await context.transport.request({
    method: "GET",
    url,
    headers: { accept: "application/json", ...options.headers, ...requestHeaders(config, context) },
    signal: context.signal,
    timeouts: { ...config.timeouts, firstToken: Math.min(config.timeouts.firstToken || patience, patience) },
    via: config,
  });
  const origin = { host: new URL(url).host, provider: config.id, redactor: context.redactor };
  const { limit } = options;
  const isList = limit !== undefined && response.status >= 200 && response.status < 300;
  const body = isList
    ? await readText(response, limits[limit], undefined, () => tooLarge(origin, limit))
    : await readText(response);
  return { response, body, origin };
}
