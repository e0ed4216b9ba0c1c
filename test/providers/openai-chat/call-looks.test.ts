/** Long arguments of a call are not read anew with each fragment that names the call. */
import assert from "node:assert/strict";
import { CallArguments } from "../../../src/providers/provider/call-arguments.ts";

describe("arguments that never become whole", () => {
  it("are looked at in proportion to what came", () => {
    const source = new CallArguments();
    source.push(`{"a":"${"x".repeat(2_000_000)}"}{1}`);
    const parse = JSON.parse;
    let characters = 0;
    JSON.parse = (text: string, ...rest) => {
      characters += text.length;
      return parse(text, ...rest);
    };
    try {
      for (let count = 0; count < 90; count++) {
        source.push("{1}");
        assert.equal(source.isWhole, false);
      }
    } finally {
      JSON.parse = parse;
    }
    assert.ok(characters < 10 * source.length, `${characters}`);
  });

  it("are whole again at their end", () => {
    const source = new CallArguments();
    source.push("{}");
    source.push('{"a":1}');
    assert.equal(source.isWhole, true);
    assert.equal(source.settle(), '{"a":1}');
  });
});
