/** Made-up source files and edits of them: small ones for laws, large ones for figures. Always the same for one seed. */

export interface TextPair {
  old: string[];
  new: string[];
}

export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const names = ["total", "price", "order", "user", "count", "entry", "result", "token", "value", "parser"];

/** Looks like code: functions with bodies, and the blank lines, braces and returns that every file repeats. */
export function sourceLines(length: number, random: () => number): string[] {
  const name = (): string => names[Math.floor(random() * names.length)]!;
  const lines: string[] = [];
  while (lines.length < length) {
    lines.push(`function ${name()}${Math.floor(random() * 10_000)}(${name()}) {`);
    const size = 2 + Math.floor(random() * 12);
    for (let index = 0; index < size; index++) {
      const kind = random();
      if (kind < 0.15) lines.push(`  if (${name()} === undefined) {`, "    return undefined;", "  }");
      else if (kind < 0.25) lines.push("");
      else lines.push(`  const ${name()} = ${name()}(${Math.floor(random() * 1000)});`);
    }
    lines.push(`  return ${name()};`, "}", "");
  }
  return lines.slice(0, length);
}

/** Changes, removes or adds lines here and there, `share` of all. */
export function edited(lines: readonly string[], share: number, random: () => number): string[] {
  return lines.flatMap((line) => {
    if (random() >= share) return [line];
    const kind = random();
    if (kind < 0.2) return [];
    if (kind < 0.4) return [line, `  added(${Math.floor(random() * 100_000)});`];
    return [`${line} // changed ${Math.floor(random() * 100_000)}`];
  });
}

/** What models do to large texts, by name. */
export function largeEdits(length: number, seed: number): Record<string, TextPair> {
  const random = createRandom(seed);
  const old = sourceLines(length, random);
  const third = Math.floor(length / 3);
  const tenth = Math.floor(length / 10);
  const other = sourceLines(third, random);
  return {
    "5 % edited": { old, new: edited(old, 0.05, random) },
    "all rewritten": { old, new: sourceLines(length, random).map((line) => (line === "" ? "" : `${line} // new`)) },
    "big insertion": { old, new: [...old.slice(0, third), ...other, ...edited(old.slice(third), 0.02, random)] },
    "big deletion": { old, new: edited([...old.slice(0, third), ...old.slice(2 * third)], 0.02, random) },
    "moved block": {
      old,
      new: edited(
        [
          ...old.slice(0, third),
          ...old.slice(third + tenth, 2 * third),
          ...old.slice(third, third + tenth),
          ...old.slice(2 * third),
        ],
        0.02,
        random,
      ),
    },
    unrelated: { old, new: sourceLines(length, random) },
  };
}
