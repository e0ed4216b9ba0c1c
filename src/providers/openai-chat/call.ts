/** One tool call as it comes together from fragments. */
import type { CallArguments } from "../provider/call-arguments.ts";

export interface Call {
  /** The server's, or a made-up one. */
  id: string;
  /** True when the server gave the id. */
  given: boolean;
  /** The call whose id the server takes for this one's too; told at the end, because it may be that one once more. */
  twinOf?: Call;
  /** The first under which it came. */
  index?: number;
  /** Another call came under its index. */
  isShared: boolean;
  name: string;
  arguments: CallArguments;
  /** Some of its arguments came with an index alone, which is right only where the indexes of all others are. */
  isByIndex: boolean;
  /** True once `tool-call-start` went out. */
  started: boolean;
  signature?: string;
}
