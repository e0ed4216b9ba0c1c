/** Where the ledger keeps its months: what it needs of a disk, and the same in memory for where there is none. */

export interface MonthFile {
  /** "2026-11" */
  month: string;
  /** Bytes. */
  size: number;
  /** Another one after every change; begins with when that was, milliseconds since 1970. Absent = the place cannot tell. */
  identity?: string;
}

export interface LedgerFiles {
  /** The months there are, oldest first. */
  months(): Promise<MonthFile[]>;
  /** Adds whole lines after all that any process has written. Resolves when the text is out of this process's hands. */
  append(month: string, text: string): Promise<void>;
  /** Up to `length` bytes from `from` on. */
  read(month: string, from: number, length: number): Promise<Uint8Array>;
  /** What `writeRollUp` kept; undefined when there is none. */
  readRollUp(month: string): Promise<string | undefined>;
  writeRollUp(month: string, text: string): Promise<void>;
  /** Keeps other processes' `lock` waiting until the function it gives is called. Rejects after a long wait. */
  lock(): Promise<() => Promise<void>>;
  /** CRC-32 of the bytes, going on from that of what comes before them. */
  checksum(bytes: Uint8Array, before: number): number;
}

export function memoryFiles(): LedgerFiles {
  const texts = new Map<string, Uint8Array>();
  const rollUps = new Map<string, string>();
  const encoder = new TextEncoder();
  return {
    months: async () => [...texts].sort().map(([month, { length }]) => ({ month, size: length })),
    async append(month, text) {
      const before = texts.get(month) ?? new Uint8Array();
      const added = encoder.encode(text);
      const after = new Uint8Array(before.length + added.length);
      after.set(before);
      after.set(added, before.length);
      texts.set(month, after);
    },
    read: async (month, from, length) => (texts.get(month) ?? new Uint8Array()).subarray(from, from + length),
    readRollUp: async (month) => rollUps.get(month),
    async writeRollUp(month, text) {
      rollUps.set(month, text);
    },
    lock: async () => async () => {},
    checksum: crc32,
  };
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** As zlib counts it, for where there is none. */
export function crc32(bytes: Uint8Array, before: number): number {
  let crc = ~before;
  for (const byte of bytes) crc = (crc >>> 8) ^ TABLE[(crc ^ byte) & 0xff]!;
  return ~crc >>> 0;
}
