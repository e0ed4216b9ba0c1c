/** Where the ledger keeps its months: what it needs of a disk, and the same in memory for where there is none. */

export interface LedgerFiles {
  /** The months there are ("2026-11") and their sizes in bytes, oldest first. */
  months(): Promise<{ month: string; size: number }[]>;
  /** Adds whole lines after all that any process has written. Resolves when the text is out of this process's hands. */
  append(month: string, text: string): Promise<void>;
  /** Up to `length` bytes from `from` on. */
  read(month: string, from: number, length: number): Promise<Uint8Array>;
  /** What `writeRollUp` kept; undefined when there is none. */
  readRollUp(month: string): Promise<string | undefined>;
  writeRollUp(month: string, text: string): Promise<void>;
  /** Keeps other processes' `lock` waiting until the function it gives is called. Rejects after a long wait. */
  lock(): Promise<() => Promise<void>>;
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
  };
}
