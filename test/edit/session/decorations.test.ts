import assert from "node:assert/strict";
import { paintOf } from "../../../src/edit/session/decorations.ts";
import { createEditSession, type EditSession } from "../../../src/edit/session/edit-session.ts";

const old = ["a();", "b();", "c();", "d();"];

function apply(session: EditSession): void {
  for (;;) {
    const changes = session.takeEdits();
    if (changes.length === 0) return;
    session.handle({ type: "document-changed", changes });
    session.handle({ type: "edits-settled", applied: true });
  }
}

function start(text: string): EditSession {
  const session = createEditSession({ oldLines: old, startLine: 10 });
  session.handle({ type: "text", text });
  apply(session);
  return session;
}

function review(text: string): EditSession {
  const session = start(text);
  session.handle({ type: "stream-ended", outcome: "completed" });
  apply(session);
  return session;
}

describe("what is painted over an edit", () => {
  it("shows the line being written and the lines still to be reached", () => {
    assert.deepEqual(paintOf(start("a();\nx();\ny();\n").view()), {
      inserted: [{ startLine: 11, endLine: 13 }],
      removed: [],
      streamingLine: 12,
      waiting: { startLine: 13, endLine: 16 },
      lenses: [{ line: 10, added: 2, removed: 0 }],
    });
  });

  it("shows each hunk with its removed lines and counts", () => {
    assert.deepEqual(paintOf(review("x();\nb();\nc();\nd();\ny();\n").view()), {
      inserted: [
        { startLine: 10, endLine: 11 },
        { startLine: 14, endLine: 15 },
      ],
      removed: [{ line: 10, isBelow: false, lines: ["a();"], hunk: 0 }],
      lenses: [
        { line: 10, added: 2, removed: 1 },
        { line: 10, hunk: 0, added: 1, removed: 1 },
        { line: 14, hunk: 1, added: 1, removed: 0 },
      ],
    });
  });

  it("shows lines removed at the end below the last line that is left", () => {
    const paint = paintOf(review("a();\nb();\n").view());
    assert.deepEqual(paint.inserted, []);
    assert.deepEqual(paint.removed, [{ line: 11, isBelow: true, lines: ["c();", "d();"], hunk: 0 }]);
  });

  it("shows nothing once the edit is over", () => {
    const session = review("x();\nb();\nc();\nd();\n");
    session.handle({ type: "accept-all" });
    assert.deepEqual(paintOf(session.view()), { inserted: [], removed: [], lenses: [] });
  });
});
