/** Reads a streamed answer: pieces to frames to events, to exactly one end. The same for every protocol and transport. */
import { defined } from "../../core/defined.ts";
import { AssistantError } from "../../core/errors.ts";
import { isOutput, type StreamEvent } from "../../core/events.ts";
import { type LimitName, limits } from "../../core/limits.ts";
import type { ResumePoint } from "../../core/message.ts";
import { createSlices } from "../../core/slices.ts";
import type { BodyKind, Frame } from "../../stream/frames/sse.ts";
import { TooLarge } from "../../stream/too-large.ts";
import type { HttpResponse } from "../../stream/transport/transport.ts";
import { type ErrorContext, pageError, requestIdOf } from "../errors/errors.ts";
import { tooLarge } from "../errors/stream-errors.ts";
import { framesInARow, inSteps, isLarge } from "./large-frames.ts";
import { portions } from "./portions.ts";

/** What a protocol makes of frames. It throws nothing: what goes wrong is its `failure`, after the events so far. */
export interface FrameDecoder {
  /** The protocol's own end was seen and told. */
  readonly done: boolean;
  /**
   * Set when the answer seems whole though the protocol's end is not seen yet: how much of it there is then, so that an
   * end which is announced again after more of the answer is another one.
   */
  readonly wholeAt: number | undefined;
  readonly failure: AssistantError | undefined;
  /** Where the server goes on with the answer without a reader, and how far it was read. */
  readonly background?: ResumePoint | undefined;
  /** Reads the body, where its protocol has more than frames. */
  readonly reader?: PieceReader<Uint8Array>;
  /** Before the first frame: there is a response. The decoder was made before, while the server was still thinking. */
  opened(response: ResponseHead): void;
  decode(frames: readonly Frame[], out: StreamEvent[]): void;
  /** Nothing more will come. `head` is how the body began, `lost` the error that ended it. Sets `done` or `failure`. */
  end(out: StreamEvent[], head: string, lost?: AssistantError): void;
}

/** What is known of a response before its body. */
export interface ResponseHead {
  /** In lower case. */
  headers: Readonly<Record<string, string>>;
  requestId?: string | undefined;
  /** The body is the rest of an answer that was read up to here. */
  resume?: ResumePoint | undefined;
}

/** What makes frames of the pieces that the transport hands over. */
export interface PieceReader<Piece> {
  readonly kind: BodyKind;
  /** How the body began. */
  readonly head: string;
  push(piece: Piece): readonly Frame[];
  end(): readonly Frame[];
}

export interface OpenAnswer<Piece> {
  response: Pick<HttpResponse, "status" | "headers" | "release"> & { body: AsyncIterable<Piece> };
  /** What had to be done for it. */
  notices: readonly StreamEvent[];
  /** The body is the rest of an answer that was read up to here. */
  resume?: ResumePoint | undefined;
}

export interface AnswerSource<Piece> {
  /** Sends the request. Throws `AssistantError`. */
  open(): Promise<OpenAnswer<Piece>>;
  createDecoder(context: ErrorContext): FrameDecoder;
  readerFor(decoder: FrameDecoder): PieceReader<Piece>;
  context: ErrorContext;
  signal: AbortSignal;
  /** Seconds between two bytes that are too long; 0 = never. */
  idle: number;
}

/** How long a server may take to end its stream when the answer is whole; some never do. */
const graceMilliseconds = 2000;

/** How many idle times may pass with bytes but without content until a notice says so. */
const patienceFactor = 2.5;

const pageSize = 4096;

/** Of one piece that are read in a row. */
const mostBytes = 32 * 1024;

export async function* readAnswer<Piece>(source: AnswerSource<Piece>): AsyncGenerator<readonly StreamEvent[]> {
  const opening = source.open();
  // Made while the server thinks, so that its first word need not wait for them (`npm run bench -- ttft`).
  const decoder = source.createDecoder(source.context);
  const reader = source.readerFor(decoder);
  const size = new BodySize();
  const slices = createSlices(source.signal);
  const waiting: Next<Piece>[] = [];
  const { response, notices, resume } = await opening;
  if (notices.length > 0) yield notices;
  const context = { ...source.context, requestId: requestIdOf(response.headers, source.context.redactor) };
  decoder.opened({ headers: response.headers, requestId: context.requestId, resume });
  const body = response.body[Symbol.asyncIterator]();
  const patience = source.idle * patienceFactor * 1000;
  let silentSince = performance.now();
  let wholeAt: number | undefined;
  let graceEnds: number | undefined;
  try {
    for (;;) {
      const events: StreamEvent[] = [];
      let broken: unknown;
      const asked = performance.now();
      const next = waiting.length > 0 ? waiting.shift()! : await nextPiece(body, graceEnds, waiting);
      // Who waited for the network has given all others their turn.
      if (performance.now() - asked > 1) slices.restart();
      // The body may have ended before, with bytes still waiting here.
      source.signal.throwIfAborted();
      let frames: readonly Frame[] = [];
      let later: readonly Frame[] = [];
      try {
        frames = framesOf(next, reader);
        if (next.type !== "frames" && frames.some(isLarge)) later = frames;
        else if (next.type !== "lost") decoder.decode(frames, events);
      } catch (thrown) {
        broken = brokenData(thrown, context);
      }
      if (later.length > 0) {
        const steps: Next<Piece>[] = (await inSteps(later, slices)).map((group) => ({ type: "frames", frames: group }));
        waiting.unshift(...steps, ...(next.type === "ended" ? [{ type: "lost", error: undefined } as const] : []));
        if (next.type === "piece") size.add(next.piece, events);
        continue;
      }
      if (reader.kind === "html" && (next.type === "ended" || reader.head.length >= pageSize)) {
        throw pageError(response.status, reader.head, context);
      }
      if ((next.type === "ended" || next.type === "lost") && !broken)
        decoder.end(events, reader.head, next.type === "lost" ? next.error : undefined);

      if (events.length > 0) silentSince = performance.now();
      else if (patience > 0 && performance.now() - silentSince > patience) {
        // Comments keep a connection alive for ever; after a while a person wants to know.
        silentSince = performance.now();
        events.push({ type: "notice", code: "content-idle" });
      }
      if (decoder.done) response.release();
      if (next.type === "frames" || events.length > framesInARow) {
        for (const portion of portions(events)) {
          yield portion;
          await slices.pause();
        }
      } else if (events.length > 0) yield events;
      if (broken) throw broken;
      size.add(next.type === "piece" ? next.piece : undefined, events);
      if (decoder.failure) throw decoder.failure;
      if (decoder.done) return;
      if (decoder.wholeAt !== wholeAt) {
        wholeAt = decoder.wholeAt;
        graceEnds = wholeAt === undefined ? undefined : performance.now() + graceMilliseconds;
      }
      const pause = slices.pause();
      if (pause) await pause;
    }
  } catch (error) {
    if (!(error instanceof TooLarge)) throw error;
    throw tooLarge(context, error.limit, isPiece(error.limit) ? "malformed" : "too-large");
  } finally {
    // Not awaited: a decompressing body answers only after its pending read.
    body.return?.().then(undefined, () => {});
  }
}

function framesOf<Piece>(next: Next<Piece>, reader: PieceReader<Piece>): readonly Frame[] {
  switch (next.type) {
    case "piece":
      return reader.push(next.piece);
    case "frames":
      return next.frames;
    case "ended":
      return reader.end();
    case "lost":
      return [];
  }
}

/** Limits of a single piece, whatever the size of the answer. */
function isPiece(limit: LimitName): boolean {
  return limit === "event" || limit === "messageLines";
}

/** What data makes a decoder throw, such as a stack that its depth overflows, is the fault of who sent it. */
function brokenData(thrown: unknown, { host, provider }: ErrorContext): unknown {
  if (thrown instanceof AssistantError || thrown instanceof TooLarge) return thrown;
  const message = `${host} sends data that cannot be read.`;
  const details = { host, retryable: false, cause: thrown, ...defined({ provider }) };
  return new AssistantError("malformed", message, details);
}

/** Counts what a body brings, so that neither an endless one nor what a few compressed bytes blow up to is read for ever. */
class BodySize {
  #all = 0;
  #silent = 0;

  /** Throws `TooLarge`. */
  add(piece: unknown, events: readonly StreamEvent[]): void {
    const length = lengthOf(piece);
    this.#all += length;
    this.#silent = events.some(isOutput) ? 0 : this.#silent + length;
    if (this.#all > limits.body) throw new TooLarge("body");
    if (this.#silent > limits.silence) throw new TooLarge("silence");
  }
}

function lengthOf(piece: unknown): number {
  if (piece instanceof Uint8Array) return piece.length;
  return Array.isArray(piece) ? piece.reduce((sum: number, { data }: Frame) => sum + data.length, 0) : 0;
}

/** A broken connection is a value here, because what was received before it still has to be told. */
type Next<Piece> =
  | { type: "piece"; piece: Piece }
  /** Frames of a piece before that are read in a slice of their own. */
  | { type: "frames"; frames: readonly Frame[] }
  | { type: "ended" }
  | { type: "lost"; error: AssistantError | undefined };

/** The next piece, or the end of waiting for them at `graceEnds`. Throws the signal's reason after an abort. */
async function nextPiece<Piece>(
  body: AsyncIterator<Piece>,
  graceEnds: number | undefined,
  rest: Next<Piece>[],
): Promise<Next<Piece>> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    const read = body.next();
    if (graceEnds === undefined) return pieceOf(await read, rest);
    const grace = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), Math.max(0, graceEnds - performance.now()));
    });
    const first = await Promise.race([read, grace]);
    return first ? pieceOf(first, rest) : { type: "lost", error: undefined };
  } catch (error) {
    if (error instanceof AssistantError) return { type: "lost", error };
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** A large piece in parts, of which all but the first are added to `rest`: one alone could take longer than a slice. */
function pieceOf<Piece>(result: IteratorResult<Piece>, rest: Next<Piece>[]): Next<Piece> {
  if (result.done) return { type: "ended" };
  const piece: unknown = result.value;
  if (!(piece instanceof Uint8Array || Array.isArray(piece))) return { type: "piece", piece: result.value };
  const most = Array.isArray(piece) ? framesInARow : mostBytes;
  if (piece.length <= most) return { type: "piece", piece: result.value };
  for (let at = most; at < piece.length; at += most) {
    const part = piece instanceof Uint8Array ? piece.subarray(at, at + most) : piece.slice(at, at + most);
    rest.push({ type: "piece", piece: part as Piece });
  }
  const first = piece instanceof Uint8Array ? piece.subarray(0, most) : piece.slice(0, most);
  return { type: "piece", piece: first as Piece };
}
