/** The written form of the records of pending edits, and what can be read back of it. */
import { documentUri, isObject, own } from "../../core/stored.ts";
import { textSum } from "../../core/text-sum.ts";
import { asRecord, type EditRecord } from "./edit-record.ts";

/**
 * `{ "v": 1, "edits": [record, …] }`, each record with a checksum of itself in `sum`. Before, it was the bare array
 * without checksums, which is still read. Of a higher version only the names of the files are read, and it is never
 * written over.
 */
const VERSION = 1;

export interface RecordsReading {
  records: EditRecord[];
  /** URIs of the files whose records cannot be read, as far as that can. */
  lost: string[];
  isDamaged: boolean;
  /** Of a higher version: `lost` names all its files. */
  isNewer: boolean;
}

/** Names of files that are looked for in a damaged text. */
const MOST_NAMES = 100;

export function formatRecords(records: readonly EditRecord[]): string {
  const edits = records.map((record) => {
    const { uri, startLine, lines, oldLines, before, after, stage } = record;
    const kept: EditRecord = { uri, startLine, lines, oldLines, before, after, stage };
    return { ...kept, sum: textSum(JSON.stringify(kept)) };
  });
  return JSON.stringify({ v: VERSION, edits });
}

/** Never throws. */
export function parseRecords(text: string): RecordsReading {
  const value = parse(text);
  if (Array.isArray(value)) return readAll(value, (each) => asRecord(each));
  if (isObject(value)) {
    const v = own(value, "v");
    const edits = own(value, "edits");
    if (Number.isInteger(v) && (v as number) > VERSION) {
      return { records: [], lost: namesIn(text), isDamaged: false, isNewer: true };
    }
    if (v === VERSION && Array.isArray(edits)) return readAll(edits, readSummed);
  }
  return { records: [], lost: namesIn(text), isDamaged: true, isNewer: false };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ""));
  } catch {
    return undefined;
  }
}

function readAll(values: readonly unknown[], read: (value: unknown) => EditRecord | undefined): RecordsReading {
  const records: EditRecord[] = [];
  const lost: string[] = [];
  for (const value of values) {
    const record = read(value);
    if (record !== undefined) records.push(record);
    else if (isObject(value)) lost.push(...nameOf(own(value, "uri")));
  }
  return { records, lost: [...new Set(lost)], isDamaged: records.length < values.length, isNewer: false };
}

/** One whose text is not what was recorded would put other lines into a file than those that stood there. */
function readSummed(value: unknown): EditRecord | undefined {
  if (!isObject(value)) return undefined;
  const { sum, ...rest } = value;
  const record = asRecord(rest);
  return record !== undefined && textSum(JSON.stringify(record)) === sum ? record : undefined;
}

function nameOf(value: unknown): string[] {
  const uri = documentUri(value, { left: 0 });
  return uri === undefined ? [] : [uri];
}

/** By hand, for the text around them may be anything. */
function namesIn(text: string): string[] {
  const names = new Set<string>();
  const key = '"uri":';
  for (let at = text.indexOf(key); at >= 0 && names.size < MOST_NAMES; at = text.indexOf(key, at + 1)) {
    const begin = at + key.length;
    const end = text[begin] === '"' ? text.indexOf('"', begin + 1) : -1;
    if (end > 0)
      for (const name of nameOf(parse(text.slice(begin, Math.min(end + 1, begin + 10_000))))) names.add(name);
  }
  return [...names];
}
