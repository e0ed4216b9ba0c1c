/** Pairs as many equal lines of two sequences as can stand in the same order in both, 32 at a time. */

/** Words of memory for one comparison, four bytes each; larger ones have to be divided first. */
export const MOST_WORDS = 2 ** 21;

export function wordsFor(rows: number, columns: number): number {
  return rows * Math.ceil(columns / 32);
}

/**
 * The bit-parallel dynamic programming of Crochemore and others: bit `column` of a row is 0 where one more column gives
 * one more pair. All rows are kept, and the pairs read from the last back to the first. Each line is a number below `count`.
 */
export function longestCommon(
  rows: readonly number[],
  columns: readonly number[],
  count: number,
): [row: number, column: number][] {
  const width = Math.ceil(columns.length / 32);
  const places = placesOf(columns, count, width);
  const bits = new Int32Array(rows.length * width);
  let above = new Int32Array(width).fill(-1);
  for (let row = 0; row < rows.length; row++) {
    const current = bits.subarray(row * width, (row + 1) * width);
    const equal = places[rows[row]!];
    if (equal === undefined) current.set(above);
    else addRow(above, equal, current);
    above = current;
  }
  return pairsIn(bits, rows.length, columns.length, width);
}

/** For each line that stands in `columns`: a bit for each place where it does. */
function placesOf(columns: readonly number[], count: number, width: number): (Int32Array | undefined)[] {
  const places: (Int32Array | undefined)[] = new Array(count);
  for (let column = 0; column < columns.length; column++) {
    const line = columns[column]!;
    places[line] ??= new Int32Array(width);
    places[line][column >> 5]! |= 1 << (column & 31);
  }
  return places;
}

function addRow(above: Int32Array, equal: Int32Array, current: Int32Array): void {
  let carry = 0;
  for (let word = 0; word < above.length; word++) {
    const before = above[word]!;
    const common = before & equal[word]!;
    const sum = (before >>> 0) + (common >>> 0) + carry;
    carry = sum > 0xffffffff ? 1 : 0;
    current[word] = sum | 0 | (before & ~common);
  }
}

function pairsIn(bits: Int32Array, rows: number, columns: number, width: number): [row: number, column: number][] {
  const isOne = (row: number, column: number): boolean =>
    row < 0 || (bits[row * width + (column >> 5)]! & (1 << (column & 31))) !== 0;
  const pairs: [number, number][] = [];
  let row = rows - 1;
  let column = columns - 1;
  while (row >= 0 && column >= 0) {
    if (isOne(row, column)) column--;
    else if (!isOne(row - 1, column)) row--;
    else pairs.push([row--, column--]);
  }
  return pairs.reverse();
}
