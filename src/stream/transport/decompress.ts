/** Undoes a `content-encoding` piece by piece, so that a compressed stream still arrives live. */
import { pipeline, Readable, Transform } from "node:stream";
import zlib from "node:zlib";
import { AssistantError } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";

/** `body` decoded as its headers say; untouched when they name no encoding. Throws on an encoding nobody knows. */
export function decompress(
  body: AsyncIterable<Uint8Array>,
  headers: Record<string, string>,
  host: string,
): AsyncIterable<Uint8Array> {
  const encodings = (headers["content-encoding"] ?? "")
    .split(",")
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== "" && name !== "identity");
  if (encodings.length === 0) return body;
  if (encodings.length > limits.encodings) {
    const message = `${host} says that its answer is compressed ${encodings.length} times over.`;
    throw new AssistantError("malformed", message, {
      host,
      reason: "too-large",
      limit: "encodings",
      retryable: false,
    });
  }
  const decoders = encodings.reverse().map((encoding) => decoderFor(encoding, host));
  return decode(body, decoders, encodings, host);
}

async function* decode(body: AsyncIterable<Uint8Array>, decoders: Transform[], encodings: string[], host: string) {
  const streams = [Readable.from(body, { objectMode: true }), ...decoders];
  const last = streams[streams.length - 1] as Transform;
  pipeline(streams as [Readable, ...Transform[]], () => {});
  try {
    for await (const bytes of last) yield bytes as Uint8Array;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    if (!/^(Z_|ERR_|ZSTD_)/.test(code)) throw error;
    const message = `The body from ${host} is not ${encodings.join(", ")} as its headers say.`;
    throw new AssistantError("malformed", message, { host, retryable: false, cause: new Error(code) });
  }
}

/** Cut-off data is handed over as far as it goes: whether the answer is whole is for its protocol to say. */
function decoderFor(encoding: string, host: string): Transform {
  const flush = { flush: zlib.constants.Z_SYNC_FLUSH, finishFlush: zlib.constants.Z_SYNC_FLUSH };
  switch (encoding) {
    case "gzip":
    case "x-gzip":
      return zlib.createGunzip(flush);
    case "deflate":
      return new Deflated();
    case "br":
      return zlib.createBrotliDecompress({
        flush: zlib.constants.BROTLI_OPERATION_FLUSH,
        finishFlush: zlib.constants.BROTLI_OPERATION_FLUSH,
      });
    case "zstd":
      // Node has it since 22.15.
      if (typeof zlib.createZstdDecompress === "function") {
        return zlib.createZstdDecompress({ finishFlush: zlib.constants.ZSTD_e_flush });
      }
  }
  const message = `${host} sends an encoding Runnel cannot read: ${encoding.slice(0, 40)}.`;
  throw new AssistantError("malformed", message, { host, retryable: false });
}

/** "deflate" is meant to be zlib but some servers send it bare; the first byte tells. */
class Deflated extends Transform {
  #inner: Transform | undefined;

  override _transform(chunk: Uint8Array, _encoding: string, done: (error?: Error | null) => void): void {
    if (!this.#inner) {
      const options = { flush: zlib.constants.Z_SYNC_FLUSH, finishFlush: zlib.constants.Z_SYNC_FLUSH };
      this.#inner = (chunk[0]! & 0x0f) === 8 ? zlib.createInflate(options) : zlib.createInflateRaw(options);
      this.#inner.on("data", (bytes) => this.push(bytes));
      this.#inner.on("error", (error) => this.destroy(error));
    }
    this.#inner.write(chunk, done);
  }

  override _flush(done: (error?: Error | null) => void): void {
    if (!this.#inner) {
      done();
      return;
    }
    this.#inner.once("end", () => done());
    this.#inner.end();
  }
}
