/** Keeps the records of pending edits in one place, and never writes over what a newer version or damage left there. */
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { ownPart } from "../../core/own-part.ts";
import { textSum } from "../../core/text-sum.ts";
import { keepDamagedCopy } from "../../files/kept-copies.ts";
import type { EditRecord } from "../session/edit-record.ts";
import type { RecordsReading } from "../session/record-file.ts";

export type StoredRecords = RecordsReading & {
  /** Where a damaged one is kept, if anywhere. */
  copy?: string;
  /** Why it could not be read at all, in English. */
  problem?: string;
};

export interface RecordStore {
  /** What was written last; undefined where there is nothing. A damaged one is kept beside. Never rejects. */
  read(): Promise<StoredRecords | undefined>;
  /**
   * None takes away what is there. Resolves when the window may die; calls take effect in their order. What a newer
   * version wrote, or what is damaged and has no copy, is never written over.
   */
  write(records: readonly EditRecord[]): Promise<void>;
}

/** Something that holds one text. */
export interface RecordPlace {
  read(): Promise<string | undefined>;
  write(text: string | undefined): Promise<void>;
  /** Keeps the damaged text that is there; resolves to where. */
  keepCopy(text: string): Promise<string | undefined>;
}

export function createRecordFile(path: string): RecordStore {
  return createRecordsIn(filePlace(path), filePlace(path.replace(/(\.json)?$/, ".1$1")));
}

/** Loaded with the first record: most windows begin without one. */
const recordFile = () => ownPart(import("../session/record-file.ts"));

/** `second`: written where the first is another's, and read with it. */
export function createRecordsIn(first: RecordPlace, second: RecordPlace): RecordStore {
  let last: Promise<unknown> = Promise.resolve();
  /** Where this window writes; unknown until it has seen what is there. */
  let own: RecordPlace | undefined;

  const readPlace = async (place: RecordPlace): Promise<StoredRecords | undefined> => {
    try {
      const text = await place.read();
      if (text === undefined) return undefined;
      const { parseRecords } = await recordFile();
      const reading = parseRecords(text);
      if (!reading.isDamaged) return reading;
      const copy = await place.keepCopy(text).catch(() => undefined);
      return copy === undefined ? reading : { ...reading, copy };
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      return { records: [], lost: [], isDamaged: true, isNewer: false, problem: code ?? message };
    }
  };
  const read = async (): Promise<StoredRecords | undefined> => {
    const [one, other] = [await readPlace(first), await readPlace(second)];
    const isOthers = one?.isNewer === true || (one?.isDamaged === true && one.copy === undefined);
    own = isOthers ? second : first;
    if (one === undefined || other === undefined) return one ?? other;
    return { ...other, ...one, records: [...one.records, ...other.records], lost: [...one.lost, ...other.lost] };
  };
  const put = async (records: readonly EditRecord[]): Promise<void> => {
    if (own === undefined) await read();
    await own!.write(records.length === 0 ? undefined : (await recordFile()).formatRecords(records));
    // What it held is in the first one again.
    if (own === first) await second.write(undefined);
  };
  const inOrder = <T>(run: () => Promise<T>): Promise<T> => {
    const next = last.then(run);
    last = next.catch(() => {});
    return next;
  };
  return { read: () => inOrder(read), write: (records) => inOrder(() => put(records)) };
}

function filePlace(path: string): RecordPlace {
  return {
    read: () =>
      readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return undefined;
        throw error;
      }),
    async write(text) {
      if (text === undefined) return rm(path, { force: true });
      await mkdir(dirname(path), { recursive: true });
      // Never half a record: what is there is replaced as a whole.
      const draft = `${path}.${process.pid}.draft`;
      try {
        await writeFile(draft, text);
        await rename(draft, path);
      } finally {
        await rm(draft, { force: true });
      }
    },
    keepCopy: (text) => keepDamagedCopy(path, textSum(text), Date.now()),
  };
}
