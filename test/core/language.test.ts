/** Guessing a language from its script. */
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { guessLanguage } from "../../src/core/language.ts";

describe("shared/language", () => {
  const cases: [text: string, locale: string, expected: string | undefined][] = [
    ["Plain English with `code`.", "ko", undefined],
    ["이 함수는 cart를 더합니다.", "en", "ko"],
    ["`total()` 함수", "en", "ko"],
    ["この関数は合計を返します。", "en", "ja"],
    ["カート", "ko", "ja"],
    ["这个函数返回总价。", "en", "zh-Hans"],
    ["这个函数返回总价。", "ko", "zh-Hans"],
    ["這個函式", "zh-tw", undefined],
    ["合計", "ja", undefined],
    ["한자(漢字)를 섞은 글", "en", "ko"],
    ["", "en", undefined],
  ];
  for (const [text, locale, expected] of cases) {
    it(`${JSON.stringify(text)} in ${locale} is ${expected ?? "not told"}`, () => {
      assert.equal(guessLanguage(text, locale), expected);
    });
  }

  it("looks at the beginning only, so that a long text costs no more", () => {
    assert.equal(guessLanguage("word ".repeat(200) + "한글 ".repeat(200_000), "en"), undefined);
  });
});
