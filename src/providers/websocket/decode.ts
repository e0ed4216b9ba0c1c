/** Frames of a gateway's WebSocket to events: chat chunks, with what such gateways add and how they tell the end. */
import type { AssistantError } from "../../core/errors.ts";
import type { StreamEvent } from "../../core/events.ts";
import type { Frame } from "../../stream/frames/sse.ts";
import { ChatDecoder } from "../openai-chat/decode.ts";
import type { DecodeContext } from "../provider/http-provider.ts";
import type { Json } from "../provider/json.ts";
import type { WebSocketSettings } from "../provider/provider.ts";
import type { FrameDecoder, PieceReader, ResponseHead } from "../provider/read-answer.ts";

/** The transport hands over frames, so there is nothing left to do for them. */
export const frameReader: PieceReader<Frame[]> = { kind: "json", head: "", push: (frames) => frames, end: () => [] };

const endMark: readonly Frame[] = [{ data: "[DONE]" }];

export class WebSocketDecoder implements FrameDecoder {
  readonly #inner: ChatDecoder;
  readonly #end: WebSocketSettings["end"];

  constructor(context: DecodeContext, end: WebSocketSettings["end"]) {
    this.#inner = new ChatDecoder(context, isGreeting);
    this.#end = end;
  }

  get done(): boolean {
    return this.#inner.done;
  }

  /**
   * Where only an end mark or a close counts, the time after a finish reason is the server's. Else it ends the answer
   * also where it came with the first piece: most gateways leave the connection open.
   */
  get wholeAt(): number | undefined {
    return this.#end === "auto" ? this.#inner.announcedAt : undefined;
  }

  get failure(): AssistantError | undefined {
    return this.#inner.failure;
  }

  opened(response: ResponseHead): void {
    this.#inner.opened(response);
  }

  decode(frames: readonly Frame[], out: StreamEvent[]): void {
    this.#inner.decode(frames, out);
    if (this.#end === "finish-reason" && this.#inner.isAnnounced) this.#inner.end(out, "");
  }

  end(out: StreamEvent[], head: string, lost?: AssistantError): void {
    if (this.#end === "close" && lost === undefined) this.#inner.decode(endMark, out);
    this.#inner.end(out, head, lost);
  }
}

/** Such as `{"type": "ready", "message": "…"}`, which by its message would look like an error. */
function isGreeting(value: Json): boolean {
  if (typeof value.type !== "string" || value.error || value.choices) return false;
  return value.type !== "error" && value.done !== true && value.usage === undefined;
}
