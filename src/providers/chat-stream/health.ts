/** `GET /health`: whether the backend is up. */

import { htmlTitle, pageError, responseError } from "../errors/errors.ts";
import { joinUrl } from "../provider/base-url.ts";
import { get } from "../provider/get.ts";
import type { ProviderConfig, StreamContext } from "../provider/provider.ts";

/** What the backend says of itself is not agreed upon, so any success counts; a web page is none of its answers. */
export async function checkHealth(config: ProviderConfig, context: StreamContext): Promise<void> {
  const { response, body, origin } = await get(config, context, joinUrl(config.baseUrl, "health"));
  if (response.status < 200 || response.status >= 300) throw responseError(response, body, origin);
  if (htmlTitle(body) !== undefined) throw pageError(response.status, body, origin);
}
