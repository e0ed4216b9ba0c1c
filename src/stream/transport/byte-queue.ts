/** Bytes between a socket that pushes and a reader that pulls, handed over as they are or all that waits at once. */

interface Reader {
  resolve(result: IteratorResult<Uint8Array>): void;
  reject(error: unknown): void;
}

export interface ByteQueueEvents {
  /** The reader took everything. */
  drained(): void;
  /** The reader went away and wants no more. */
  cancelled(): void;
}

/** Node's own byte streams cost about as much again for each chunk; this does only what an answer needs. */
export class ByteQueue implements AsyncIterable<Uint8Array> {
  readonly #events: ByteQueueEvents;
  #chunks: Uint8Array[] = [];
  #size = 0;
  #ended = false;
  #failure: { error: unknown } | undefined;
  #reader: Reader | undefined;

  constructor(events: ByteQueueEvents) {
    this.#events = events;
  }

  /** Bytes that wait for the reader. */
  get size(): number {
    return this.#size;
  }

  push(chunk: Uint8Array): void {
    if (this.#ended) return;
    this.#size += chunk.length;
    // One read of the socket may hold many HTTP chunks, all pushed in one tick: they are handed over together.
    if (this.#chunks.push(chunk) === 1 && this.#reader) queueMicrotask(this.#wake);
  }

  /** No more bytes will come; what waits is still read. */
  end(): void {
    this.#ended = true;
    if (this.#chunks.length === 0) this.#settleReader();
  }

  /** Like `end`, but reading on throws `error` once the bytes before it are read. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.end();
  }

  /** Drops what waits. */
  clear(): void {
    this.#chunks = [];
    this.#size = 0;
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return {
      next: () =>
        new Promise((resolve, reject) => {
          this.#reader = { resolve, reject };
          if (this.#chunks.length > 0) this.#wake();
          else if (this.#ended) this.#settleReader();
        }),
      return: () => {
        this.clear();
        this.#events.cancelled();
        this.end();
        return Promise.resolve({ value: undefined, done: true });
      },
    };
  }

  readonly #wake = (): void => {
    const reader = this.#reader;
    if (!reader || this.#chunks.length === 0) return;
    this.#reader = undefined;
    const chunks = this.#chunks;
    this.clear();
    this.#events.drained();
    reader.resolve({ value: chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks), done: false });
  };

  #settleReader(): void {
    const reader = this.#reader;
    this.#reader = undefined;
    if (this.#failure) reader?.reject(this.#failure.error);
    else reader?.resolve({ value: undefined, done: true });
  }
}
