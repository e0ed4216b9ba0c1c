import assert from "node:assert/strict";
import { findPlace } from "../../../src/edit/session/place.ts";

const document = `import { log } from "./log";

export class Shop {
  private readonly rate = 2;

  total(order) {
    log(order);
    return order.price * this.rate;
  }
}

function tax(price) {
  const rate = price > 100 ? 0.2 : 0.1;

  return price * rate;
}

function empty() {
  return undefined;
}`.split("\n");

const cases: [name: string, block: string, found: [start: number, end: number, confidence: string] | undefined][] = [
  ["its very lines", "function empty() {\n  return undefined;\n}", [17, 20, "exact"]],
  ["its lines with other indentation", "\nlog(order);\nreturn order.price * this.rate;\n", [6, 8, "exact"]],
  ["a function by its name", "function tax(price, country) {\n  return 0;\n}", [11, 16, "anchored"]],
  ["a class by its name", "export class Shop extends Base {\n}", [2, 10, "anchored"]],
  [
    "changed lines between lines that stand there once",
    "  total(order, count) {\n    log(order);\n    check(count);\n    return order.price * this.rate;\n  }",
    [5, 9, "anchored"],
  ],
  ["nothing for something new", "function added() {\n  return 1;\n}", undefined],
  ["nothing for lone brackets", "}\n\n}", undefined],
  ["nothing for lines in the other order", "return order.price * this.rate;\nlog(order);", undefined],
];

describe("the place of a block of code", () => {
  for (const [name, block, found] of cases) {
    it(`finds ${name}`, () => {
      const place = findPlace(document, block.split("\n"));
      assert.deepEqual(place && [place.startLine, place.endLine, place.confidence], found);
    });
  }

  it("does not choose between two places", () => {
    assert.equal(findPlace(["call();", "other();", "call();"], ["call();"]), undefined);
  });
});
