/** Ids of calls as each server accepts them: the shape it wants, unique where it must be, the same again next time. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { CallIds, type IdRule, idRepairs, idRule, nineCharacters } from "../../../src/providers/provider/call-ids.ts";
import { madeIdPrefix, makeId } from "../../../src/providers/provider/http-provider.ts";

function written(rule: IdRule, turns: readonly (readonly string[])[]): string[][] {
  const ids = new CallIds(rule);
  return turns.map((turn) => {
    ids.beginTurn();
    return turn.map((id) => ids.next(id));
  });
}

const anthropic: IdRule = { characters: "word", unique: true };

describe("ids of calls", () => {
  it("stay as they are where they are accepted", () => {
    assert.deepEqual(written({}, [["f:0"], ["f:0"]]), [["f:0"], ["f:0"]]);
    assert.deepEqual(written(nineCharacters, [["abcdef123"]]), [["abcdef123"]]);
    assert.deepEqual(written({ longest: 40 }, [["x".repeat(40)]]), [["x".repeat(40)]]);
    assert.deepEqual(written(anthropic, [["toolu_1"]]), [["toolu_1"]]);
  });

  it("stay readable where only some characters are refused, or they came before", () => {
    assert.deepEqual(written(anthropic, [["f:0"], ["f:0", "g:0"], ["f_0"]]), [["f_0"], ["f_0_2", "g_0"], ["f_0_3"]]);
  });

  it("with a signature inside stay whole unless they are refused", () => {
    const signed = `call_1__thought__${"QUJD".repeat(40)}+/=`;
    assert.deepEqual(written({ ...anthropic, keepsSignatures: true }, [[signed]]), [[signed]]);
    assert.match(written(anthropic, [[signed]])[0]![0]!, /^[A-Za-z0-9_-]+$/);
    assert.equal(written(idRule({}, new Set(["call_ids<=40"])), [[signed]])[0]![0]!.length <= 40, true);
  });

  it("that are made here are short enough for OpenAI, and told from those of servers", () => {
    assert.ok(makeId().length <= 40 && makeId().startsWith(madeIdPrefix));
    assert.notEqual(makeId(), makeId());
  });

  const id = fc.oneof(fc.constantFrom("", "a", "f:0", "f_0", "f_0_2", "call_made_1"), fc.string({ maxLength: 90 }));
  const turns = fc.array(fc.array(id, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 6 });
  const rules: [IdRule, RegExp][] = [
    [{}, /^.+$/s],
    [{ longest: 40 }, /^.{1,40}$/s],
    [{ longest: 64, characters: "word" }, /^[A-Za-z0-9_-]{1,64}$/],
    [anthropic, /^[A-Za-z0-9_-]+$/],
    [nineCharacters, /^[A-Za-z0-9]{9}$/],
    [{ ...nineCharacters, unique: true }, /^[A-Za-z0-9]{9}$/],
  ];
  for (const [rule, shape] of rules) {
    it(`of the rule ${JSON.stringify(rule)} have its shape, differ within a turn, and depend on what came before only`, () => {
      fc.assert(
        fc.property(turns, (list) => {
          const all = written(rule, list);
          for (const turn of all) {
            for (const each of turn) assert.match(each, shape);
            assert.equal(new Set(turn).size, turn.length);
          }
          if (rule.unique) assert.equal(new Set(all.flat()).size, all.flat().length);
          assert.deepEqual(written(rule, list.slice(0, -1)), all.slice(0, -1));
        }),
        { numRuns: 200 },
      );
    });
  }

  describe("refused by a server's words", () => {
    const body = '{"messages":[{"role":"tool","tool_call_id":"call_1"}]}';
    const table: [said: string, repairs: string[]][] = [
      [
        "Invalid 'messages[1].tool_calls[0].id': string too long. Expected a string with maximum length 40, but got a string with length 42 instead.",
        ["call_ids<=40"],
      ],
      [
        "Invalid 'input[2].call_id': string too long. Expected a string with maximum length 64, but got a string with length 80 instead.",
        ["call_ids<=64"],
      ],
      ["Tool call id was call_abc but must be a-z, A-Z, 0-9, with a length of 9.", ["call_ids=nine"]],
      ["messages.4.content.0: `tool_use` ids must be unique", ["call_ids=unique"]],
      ["Duplicate tool_call_id in messages", ["call_ids=unique"]],
      ["messages.1.content.0.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'", ["call_ids=word"]],
      [
        "Value at 'messages.2.content.1.toolUse.toolUseId' failed to satisfy constraint: Member must have length less than or equal to 64",
        ["call_ids<=64"],
      ],
      ["Invalid value: 'tool'. Supported values are: 'system', 'assistant', 'user'", []],
      ["messages[0].content: string too long. Expected a string with maximum length 40", []],
    ];
    for (const [said, repairs] of table) {
      it(`“${said}”`, () => {
        const found = [...idRepairs(said, body)];
        assert.deepEqual(found.slice(0, repairs.length || 9), repairs);
        assert.deepEqual([...idRepairs(said, '{"messages":[]}')], []);
      });
    }
  });
});
