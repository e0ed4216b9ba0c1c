/** Readers for values that were stored earlier, by any version or hand: they take over what they know and count the rest. */

/** What one reading came across. */
export interface Reading {
  /** Values that were left out or shortened, because their type, size or name is not one that is known. */
  left: number;
}

/** Returns a fresh value of known shape; undefined where there is none, which the caller counts. Never throws. */
export type Reader<T> = (value: unknown, reading: Reading) => T | undefined;

/** Longer strings are cut to `most` characters, which counts as something left out. */
export function string(most = Number.POSITIVE_INFINITY): Reader<string> {
  return (value, reading) => {
    if (typeof value !== "string") return undefined;
    if (value.length <= most) return value;
    reading.left++;
    return `${value.slice(0, most - 1)}…`;
  };
}

/** A string that stands for something elsewhere: never cut, and without characters that no name has. */
export function identifier(most = 200): Reader<string> {
  return (value) =>
    typeof value === "string" && value !== "" && value.length <= most && !/\p{Cc}/u.test(value) ? value : undefined;
}

/** A finite number between both, included. */
export function number(least = 0, most = Number.MAX_SAFE_INTEGER): Reader<number> {
  return (value) => (typeof value === "number" && value >= least && value <= most ? value : undefined);
}

export function integer(least = 0, most = Number.MAX_SAFE_INTEGER): Reader<number> {
  return (value) => (Number.isInteger(value) ? number(least, most)(value, { left: 0 }) : undefined);
}

export const flag: Reader<boolean> = (value) => (typeof value === "boolean" ? value : undefined);

export function oneOf<const Word extends string>(words: readonly Word[]): Reader<Word> {
  return (value) => words.find((word) => word === value);
}

/** Items that cannot be read, and those beyond `most`, are left out and counted. */
export function list<T>(item: Reader<T>, most = 10_000): Reader<T[]> {
  return (value, reading) => {
    if (!Array.isArray(value)) return undefined;
    const items = value.slice(0, most).map((each) => item(each, reading));
    const known = items.filter((each): each is Awaited<T> & T => each !== undefined);
    reading.left += value.length - known.length;
    return known;
  };
}

/** The non-empty strings of a stored array, at most so many and each at most so long; none where it is no array. */
export function storedStrings(value: unknown, most: number, characters = 10_000): string[] {
  if (!Array.isArray(value)) return [];
  const isUsable = (each: unknown): each is string =>
    typeof each === "string" && each.trim() !== "" && each.length <= characters;
  return value.filter(isUsable).slice(0, most);
}

type Readers<T> = { [Name in keyof T]-?: Reader<NonNullable<T[Name]>> };
type OptionalNames<T> = { [Name in keyof T]-?: undefined extends T[Name] ? Name : never }[keyof T];
type Fields<T> = { required: Readers<Omit<T, OptionalNames<T>>>; optional: Readers<Pick<T, OptionalNames<T>>> };

/** Undefined when a required field cannot be read; optional ones that cannot, and unknown ones, are left out and counted. */
export function object<T extends object>({ required, optional }: Fields<T>): Reader<T> {
  const needed = Object.entries(required) as [string, Reader<unknown>][];
  const others = Object.entries(optional) as [string, Reader<unknown>][];
  const known = new Set([...needed, ...others].map(([name]) => name));
  return (value, reading) => {
    if (!isObject(value)) return undefined;
    const read: Record<string, unknown> = {};
    for (const [name, reader] of needed) {
      const field = own(value, name) === undefined ? undefined : reader(own(value, name), reading);
      if (field === undefined) return undefined;
      read[name] = field;
    }
    for (const [name, reader] of others) {
      if (own(value, name) === undefined) continue;
      const field = reader(own(value, name), reading);
      if (field === undefined) reading.left++;
      else read[name] = field;
    }
    for (const name of Object.keys(value)) if (!known.has(name)) reading.left++;
    return read as T;
  };
}

const notDocuments = ["command", "data", "http", "https", "javascript", "mailto"];

/** A place that a document can be opened from; never a command, a page or a server's address. */
export const documentUri: Reader<string> = (value, reading) => {
  const uri = identifier(8000)(value, reading);
  const scheme = uri && /^([a-z][a-z\d+.-]+):/i.exec(uri)?.[1]?.toLowerCase();
  return scheme && !notDocuments.includes(scheme) ? uri : undefined;
};

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A field of the object itself, never one that every object inherits. */
export function own(value: Record<string, unknown>, name: string): unknown {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}
