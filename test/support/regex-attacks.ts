/** Takes a regular expression apart and makes of its pieces the texts on which matching it could take longest. */

type Node =
  | { type: "text"; sample: string }
  | { type: "repeat"; inner: Node; unbounded: boolean; fewest: number }
  | { type: "sequence"; nodes: Node[] }
  | { type: "choice"; options: Node[] }
  | { type: "look"; inner: Node };

/** Tried in turn for a class of characters. */
const letters = [..." \n\ta0A-_.:/\"'`\\,;=<>()[]{}*+?!@#$%^&|~\r\0가あ漢é\u0663"];

/** Attacks by what is repeated: `before`, then `pump` as often as it takes, then `after`. */
export interface Attack {
  before: string;
  pump: string;
  after: string;
}

export function attackText({ before, pump, after }: Attack, length: number): string {
  return before + pump.repeat(Math.max(1, Math.ceil(length / pump.length))) + after;
}

/** Texts that turn out badly for many an expression. */
const common = [
  "a",
  "0",
  " ",
  "\n",
  "\t",
  '"',
  "'",
  "`",
  "\\",
  '\\"',
  '"\\',
  "/",
  "<",
  "(",
  "[",
  "{",
  "{[",
  "-",
  "_",
  ".",
];
const commonPairs = [
  ":\n",
  " \n",
  "a ",
  "a\n",
  "a.",
  "()",
  '"a',
  "$(",
  "*/",
  "-->",
  "<a",
  "aA0",
  "가",
  "\r\n",
  "\n ",
  "= ",
];

export function attacksOn(source: string, flags: string): Attack[] {
  const attacks = new Map<string, Attack>();
  const add = (before: string, pump: string, after: string): void => {
    if (pump !== "") attacks.set(JSON.stringify([before, pump, after]), { before, pump, after });
  };
  const endings = ["", "\0", "\n\0", "a", "`"];
  for (const pump of [...common, ...commonPairs]) for (const after of ["", "\0", "`"]) add("", pump, after);
  for (const pump of common) add("a", pump, "\0");
  const visit = (node: Node, before: string): string => {
    switch (node.type) {
      case "text":
        return before + node.sample;
      case "look":
        visit(node.inner, before);
        return before;
      case "choice": {
        for (const option of node.options) visit(option, before);
        return before + sampleOf(node);
      }
      case "sequence": {
        let path = before;
        for (const [index, each] of node.nodes.entries()) {
          path = visit(each, path);
          // The beginning alone, over and over: each is a place where matching starts and fails late.
          for (const after of endings) add(before, path.slice(before.length), after);
          const next = node.nodes[index + 1];
          if (next) add(before, path.slice(before.length) + sampleOf(next), "\0");
        }
        return path;
      }
      case "repeat": {
        const pump = sampleOf(node.inner);
        if (node.unbounded) {
          for (const after of endings) {
            add(before, pump, after);
            add("", before + pump, after);
            add("", pump, after);
          }
          if (node.inner.type === "choice")
            for (const option of node.inner.options) add(before, sampleOf(option), "\0");
        }
        visit(node.inner, before);
        return before + pump.repeat(Math.max(1, node.fewest));
      }
    }
  };
  visit(parse(source, flags), "");
  return [...attacks.values()];
}

function sampleOf(node: Node): string {
  switch (node.type) {
    case "text":
      return node.sample;
    case "look":
      return "";
    case "choice":
      return sampleOf(node.options.find((option) => sampleOf(option) !== "") ?? node.options[0]!);
    case "sequence":
      return node.nodes.map(sampleOf).join("");
    case "repeat":
      return sampleOf(node.inner).repeat(Math.max(1, node.fewest));
  }
}

function parse(source: string, flags: string): Node {
  const classFlags = flags.replace(/[gyd]/g, "");
  let at = 0;
  const letterOf = (set: string): string => {
    const pattern = new RegExp(`^(?:${set})$`, `${classFlags.replace("m", "")}`);
    return letters.find((letter) => pattern.test(letter)) ?? "";
  };
  const choice = (): Node => {
    const options: Node[] = [sequence()];
    while (source[at] === "|") {
      at++;
      options.push(sequence());
    }
    return options.length === 1 ? options[0]! : { type: "choice", options };
  };
  const sequence = (): Node => {
    const nodes: Node[] = [];
    while (at < source.length && source[at] !== "|" && source[at] !== ")") nodes.push(quantified());
    return { type: "sequence", nodes };
  };
  const quantified = (): Node => {
    const inner = atom();
    const found = /^(?:([*+?])|\{(\d+)(,?)(\d*)\})\??/.exec(source.slice(at));
    if (!found) return inner;
    at += found[0].length;
    const [, sign, fewest, comma, most] = found;
    if (sign === "?") return inner;
    const unbounded = sign !== undefined || (comma === "," && most === "");
    // What is bounded by a number is pumped as well: a large one costs much at each place.
    const large = Number(most) > 20;
    return { type: "repeat", inner, unbounded: unbounded || large, fewest: Number(fewest ?? (sign === "+" ? 1 : 0)) };
  };
  const atom = (): Node => {
    const begin = at;
    const sign = source[at++]!;
    if (sign === "(") {
      const kind = /^\?(?::|<?[=!]|<\w+>)/.exec(source.slice(at))?.[0] ?? "";
      at += kind.length;
      const inner = choice();
      at++;
      if (kind === "?!" || kind === "?<!") return { type: "text", sample: "" };
      return kind === "?=" ? { type: "look", inner } : inner;
    }
    if (sign === "[") {
      for (let depth = 1; depth > 0; at++) {
        if (source[at] === "\\") at++;
        else if (source[at] === "[" && flags.includes("v")) depth++;
        else if (source[at] === "]") depth--;
      }
      return { type: "text", sample: letterOf(source.slice(begin, at)) };
    }
    if (sign === "\\") {
      const escaped = /^(?:[pP]\{[^}]*\}|u\{[^}]*\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[\s\S])/.exec(source.slice(at))![0];
      at += escaped.length;
      if (escaped === "b" || escaped === "B" || /^\d/.test(escaped)) return { type: "text", sample: "" };
      const literal = /^\W$/.test(escaped) ? escaped : letterOf(source.slice(begin, at));
      return { type: "text", sample: literal };
    }
    if (sign === "^" || sign === "$") return { type: "text", sample: sign === "^" && flags.includes("m") ? "\n" : "" };
    if (sign === ".") return { type: "text", sample: "a" };
    const letter = String.fromCodePoint(source.codePointAt(begin)!);
    at = begin + letter.length;
    return { type: "text", sample: letter };
  };
  return choice();
}
