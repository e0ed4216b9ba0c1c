/** What opens an answer over a WebSocket: the address, the handshake's headers, and the messages that are sent first. */
import type { ChatRequest } from "../../core/message.ts";
import { encodeRequest } from "../openai-chat/encode.ts";
import type { Repair } from "../openai-chat/repairs.ts";
import { checkedKey, ownHeaders, requestHeaders } from "../provider/auth.ts";
import type { ProviderConfig, StreamContext, WebSocketSettings } from "../provider/provider.ts";

export interface Opening {
  /** May hold the key: never to be shown or logged. */
  url: string;
  headers: Record<string, string>;
  /** The question is the last. */
  messages: string[];
}

/** The gateway's request does not have these options; usage comes without being asked for, or not at all. */
export const withoutOptions: readonly Repair[] = ["stream_options"];

/** Throws `AssistantError` when the key may not be sent. */
export function encodeOpening(
  request: ChatRequest,
  config: ProviderConfig,
  { auth, queryName }: WebSocketSettings,
  context: Pick<StreamContext, "apiKey" | "headers">,
  repairs: ReadonlySet<Repair>,
): Opening {
  const question = encodeRequest(request, config, repairs);
  const key = checkedKey(config, context.apiKey);
  if (key === undefined || auth === "header") {
    return { url: config.baseUrl, headers: requestHeaders(config, context), messages: [question] };
  }
  const { baseUrl: url } = config;
  const headers = ownHeaders(config, context.headers);
  if (auth === "frame") {
    return { url, headers, messages: [JSON.stringify({ type: "auth", token: key }), question] };
  }
  return { url: `${url}?${new URLSearchParams({ [queryName]: key })}`, headers, messages: [question] };
}
