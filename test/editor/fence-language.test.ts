import assert from "node:assert/strict";
import { editorLanguage } from "../../src/editor/fence-language.ts";

describe("the editor's name for a fence's language", () => {
  const known = ["typescript", "shellscript", "python", "ts-tags"];
  it("is the same name where the editor knows it, else the one it has for it", () => {
    assert.equal(editorLanguage("python", known), "python");
    assert.equal(editorLanguage("TS", known), "typescript");
    assert.equal(editorLanguage("bash", known), "shellscript");
  });

  it("is none for a language that no extension brings", () => {
    assert.equal(editorLanguage("rs", known), undefined);
    assert.equal(editorLanguage("", known), undefined);
    assert.equal(editorLanguage("constructor", known), undefined);
  });
});
