/** The one door to the extension host: typed messages out, and the little that outlives a hidden view. */

import type { FromWebview } from "../../src/chat/protocol.ts";
import type { PageDefect } from "../../src/core/page-defect.ts";

/** The message that was at the top of the transcript, and how far its top was from there. */
export interface ReadingPosition {
  id: string;
  offset: number;
}

/** All that the webview itself remembers; everything else is the host's. */
export interface Remembered {
  draft?: string;
  conversationId?: string;
  /** Absent = at the end, following. */
  reading?: ReadingPosition;
}

interface VsCodeApi {
  postMessage(message: FromWebview | PageDefect): void;
  getState(): unknown;
  setState(state: Remembered): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

const api = acquireVsCodeApi();
let remembered = asRemembered(api.getState());

/** What was kept by any version: fields of other types are forgotten. */
function asRemembered(state: unknown): Remembered {
  if (typeof state !== "object" || state === null) return {};
  const { draft, conversationId, reading } = state as Record<string, unknown>;
  const { id, offset } = (typeof reading === "object" && reading !== null ? reading : {}) as Record<string, unknown>;
  return {
    ...(typeof draft === "string" ? { draft } : {}),
    ...(typeof conversationId === "string" ? { conversationId } : {}),
    ...(typeof id === "string" && Number.isFinite(offset) ? { reading: { id, offset: offset as number } } : {}),
  };
}

export function post(message: FromWebview | PageDefect): void {
  api.postMessage(message);
}

export function recall(): Readonly<Remembered> {
  return remembered;
}

/** `undefined` forgets a field. */
export function remember(change: { [Name in keyof Remembered]: Remembered[Name] | undefined }): void {
  const next: Record<string, unknown> = { ...remembered };
  for (const [name, value] of Object.entries(change)) {
    if (value === undefined) delete next[name];
    else next[name] = value;
  }
  remembered = next as Remembered;
  api.setState(remembered);
}
