/** How the records of pending edits are kept, here in a place of one window alone; never writes over what a newer version or damage left there. */
import { ownPart } from "../../core/own-part.ts";
import { createQueue } from "../../core/queue.ts";
import type { EditRecord } from "../session/edit-record.ts";
import type { RecordsReading } from "../session/record-file.ts";

export type StoredRecords = RecordsReading & {
  /** Where a damaged one is kept, if anywhere. */
  copy?: string;
  /** Why it could not be read at all, in English. */
  problem?: string;
};

export interface RecordStore {
  /**
   * What this window wrote last and what windows left that are gone; undefined where there is nothing. A damaged one is
   * kept beside. Never rejects.
   */
  read(): Promise<StoredRecords | undefined>;
  /** What windows left that were still open at the last reading and are gone now. Never rejects. */
  takeOver(): Promise<StoredRecords | undefined>;
  /** As of the last reading: windows that are still open have records of their own. */
  readonly hasNeighbours: boolean;
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

/** Loaded with the first record: most windows begin without one. */
export const recordFile = () => ownPart(import("../session/record-file.ts"));

/** `second`: written where the first is another's, and read with it. */
export function createRecordsIn(first: RecordPlace, second: RecordPlace): RecordStore {
  const inOrder = createQueue();
  /** Where this window writes; unknown until it has seen what is there. */
  let own: RecordPlace | undefined;

  const read = async (): Promise<StoredRecords | undefined> => {
    const [one, other] = [await readRecords(first), await readRecords(second)];
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
  return {
    read: () => inOrder(read),
    takeOver: async () => undefined,
    hasNeighbours: false,
    write: (records) => inOrder(() => put(records)),
  };
}

/** Undefined where there is nothing; a damaged one is kept beside. Never rejects. */
export async function readRecords(place: Omit<RecordPlace, "write">): Promise<StoredRecords | undefined> {
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
}
