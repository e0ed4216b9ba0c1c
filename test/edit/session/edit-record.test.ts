import assert from "node:assert/strict";
import fc from "fast-check";
import { asRecord, type EditRecord, findRecord, NEIGHBOURS } from "../../../src/edit/session/edit-record.ts";

const record = (more: Partial<EditRecord> = {}): EditRecord => ({
  uri: "file:///a.ts",
  startLine: 2,
  lines: ["new 1", "new 2"],
  oldLines: ["old"],
  before: ["a", "b"],
  after: ["c", "d"],
  stage: "streaming",
  ...more,
});

describe("the record of an edit", () => {
  it("finds its lines where they were, and where they have moved to", () => {
    const document = ["a", "b", "new 1", "new 2", "c", "d"];
    assert.deepEqual(findRecord(document, record()), { startLine: 2, endLine: 4, isOwn: true });
    const moved = findRecord(["x", "y", ...document], record());
    assert.deepEqual(moved, { startLine: 4, endLine: 6, isOwn: true });
  });

  it("takes the nearest of several such places", () => {
    const once = ["a", "b", "new 1", "new 2", "c", "d"];
    const document = [...once, ...once, ...once];
    assert.equal(findRecord(document, record({ startLine: 9 }))?.startLine, 8);
    assert.equal(findRecord(document, record({ startLine: 13 }))?.startLine, 14);
  });

  it("takes what stands between the neighbours when it was recorded late", () => {
    const mixed = ["a", "b", "new 1", "old", "c", "d"];
    assert.deepEqual(findRecord(mixed, record()), { startLine: 2, endLine: 4, isOwn: true });
    assert.deepEqual(findRecord(["a", "b", "c", "d"], record()), { startLine: 2, endLine: 2, isOwn: true });
  });

  it("knows where others have changed the lines since", () => {
    const changed = ["a", "b", "new 1", "of a colleague", "c", "d"];
    assert.deepEqual(findRecord(changed, record()), { startLine: 2, endLine: 4, isOwn: false });
  });

  it("reaches to the beginning and the end of a document where it has no neighbours", () => {
    const alone = record({ startLine: 0, before: [], after: [] });
    assert.deepEqual(findRecord(["anything"], alone), { startLine: 0, endLine: 1, isOwn: false });
    const last = record({ after: [] });
    assert.deepEqual(findRecord(["a", "b", "old", "new 1"], last), { startLine: 2, endLine: 4, isOwn: true });
  });

  it("finds nothing where its neighbours are gone", () => {
    assert.equal(findRecord(["other", "text"], record()), undefined);
    assert.equal(findRecord(["a", "b", "new 1"], record()), undefined);
    assert.equal(findRecord([], record()), undefined);
  });

  it("finds its very place in any document that is as it was", () => {
    const line = fc.constantFrom("a", "b", "}", "");
    fc.assert(
      fc.property(fc.array(line), fc.array(line), fc.array(line), (above, lines, below) => {
        const document = [...above, ...lines, ...below];
        fc.pre(document.length > 0);
        const place = findRecord(
          document,
          record({
            startLine: above.length,
            lines,
            before: above.slice(-NEIGHBOURS),
            after: below.slice(0, NEIGHBOURS),
          }),
        );
        assert.ok(place !== undefined);
        // Of several exactly alike the one at the very line is taken.
        assert.deepEqual(place, { startLine: above.length, endLine: above.length + lines.length, isOwn: true });
      }),
    );
  });

  it("is read back as it was written, and anything else is not taken for one", () => {
    const written = record();
    assert.deepEqual(asRecord(JSON.parse(JSON.stringify(written))), written);
    const others: unknown[] = [undefined, null, 1, "text", [], {}, { ...written, uri: 1 }, { ...written, stage: "x" }];
    others.push({ ...written, lines: [1] }, { ...written, after: undefined }, { ...written, startLine: 1.5 });
    for (const other of others) assert.equal(asRecord(other), undefined);
  });
});
