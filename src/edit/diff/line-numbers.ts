/** Gives equal lines equal numbers, so that comparing lines costs no more than comparing numbers. */

export interface LineNumbers {
  of(line: string): number;
  /** How many different lines were seen. */
  readonly count: number;
}

export function createLineNumbers(): LineNumbers {
  const numbers = new Map<string, number>();
  return {
    of(line) {
      const known = numbers.get(line);
      if (known !== undefined) return known;
      numbers.set(line, numbers.size);
      return numbers.size - 1;
    },
    get count() {
      return numbers.size;
    },
  };
}

/** Blank, or nothing but brackets and punctuation: such lines are everywhere and tell no place. */
export function isTrivial(line: string): boolean {
  return line.length < 40 && !/[\p{L}\p{N}]/u.test(line);
}
