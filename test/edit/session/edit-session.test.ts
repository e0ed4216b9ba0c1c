import assert from "node:assert/strict";
import fc from "fast-check";
import { defined } from "../../../src/core/defined.ts";
import { hunksOf, textWith } from "../../../src/edit/diff/hunks.ts";
import { diffLines } from "../../../src/edit/diff/line-diff.ts";
import { position, splitLines, type TextChange } from "../../../src/edit/diff/text-range.ts";
import {
  createEditSession,
  type EditCommand,
  type EditEvent,
  type EditSession,
} from "../../../src/edit/session/edit-session.ts";
import { createDocument, type TestDocument } from "../support/document.ts";
import { createRandom, edited, sourceLines } from "../support/texts.ts";

interface Desk {
  session: EditSession;
  document: TestDocument;
  commands: EditCommand[];
  send(event: EditEvent): void;
  /** Applies what the session wants, as the editor's side does. */
  apply(): void;
  /** A person changes the document. */
  type(change: TextChange, reason?: "undo"): void;
}

/** `old` between two other lines, being edited. */
function openDesk(old: readonly string[], above = ["above"], below = ["below"]): Desk {
  const document = createDocument([...above, ...old, ...below].join("\n"));
  const session = createEditSession({ oldLines: old, startLine: above.length });
  const commands: EditCommand[] = [];
  const send = (event: EditEvent): void => {
    commands.push(...session.handle(event));
  };
  return {
    session,
    document,
    commands,
    send,
    apply() {
      for (;;) {
        const changes = session.takeEdits();
        if (changes.length === 0) return;
        send({ type: "document-changed", changes: document.change(changes) });
        send({ type: "edits-settled", applied: true });
      }
    },
    type(change, reason) {
      const changes = document.change([change]);
      send({ type: "document-changed", changes, ...defined({ reason }) });
    },
  };
}

function insertion(line: number, character: number, text: string): TextChange {
  return { range: { start: position(line, character), end: position(line, character) }, text };
}

function streamAll(desk: Desk, lines: readonly string[]): void {
  desk.send({ type: "text", text: lines.join("\n") });
  desk.send({ type: "stream-ended", outcome: "completed" });
  desk.apply();
}

const old = ["const a = 1;", "const b = 2;", "const c = 3;"];
const whole = (lines: readonly string[]): string => ["above", ...lines, "below"].join("\n");

describe("an edit session", () => {
  it("streams line by line into the document and leaves what was not reached below", () => {
    const desk = openDesk(old);
    desk.send({ type: "text", text: "const a = 10;\ncon" });
    desk.apply();
    assert.equal(desk.document.text, whole(["const a = 10;", ...old]));
    assert.equal(desk.session.view().nextLine, 2);
    desk.send({ type: "text", text: "st b = 2;\nconst c = 3;\n" });
    desk.send({ type: "stream-ended", outcome: "completed" });
    desk.apply();
    assert.equal(desk.document.text, whole(["const a = 10;", "const b = 2;", "const c = 3;"]));
    assert.deepEqual(desk.session.state, { name: "review", notices: [] });
    assert.deepEqual(desk.session.view().hunks, [
      {
        id: 0,
        startLine: 1,
        endLine: 2,
        oldLines: ["const a = 1;"],
        newLines: ["const a = 10;"],
        isBelow: false,
        touched: false,
      },
    ]);
  });

  it("gives nothing out while a batch is in flight, and all of it again after a refusal", () => {
    const desk = openDesk(old);
    desk.send({ type: "text", text: "one();\n" });
    assert.equal(desk.session.takeEdits().length, 1);
    desk.send({ type: "text", text: "two();\n" });
    assert.deepEqual(desk.session.takeEdits(), []);
    desk.type(insertion(0, 0, "typed\n"));
    desk.send({ type: "edits-settled", applied: false });
    desk.apply();
    assert.equal(desk.document.text, ["typed", "above", "one();", "two();", ...old, "below"].join("\n"));
  });

  it("lets a person take over who types inside the edited lines", () => {
    const desk = openDesk(old);
    desk.send({ type: "text", text: "one();\n" });
    desk.apply();
    desk.type(insertion(2, 5, "X"));
    assert.ok(desk.commands.some(({ type }) => type === "stop-stream"));
    const { state } = desk.session;
    assert.ok(state.name === "review" && state.notices.includes("taken-over") && !state.incomplete?.canContinue);
    desk.send({ type: "reject-all" });
    desk.apply();
    assert.equal(desk.document.text, whole(["constX a = 1;", ...old.slice(1)]));
    assert.deepEqual(desk.session.state, { name: "ended", ending: "rejected" });
  });

  it("takes an undo during the stream for a rejection", () => {
    const desk = openDesk(old);
    desk.send({ type: "text", text: "one();\ntwo();\n" });
    desk.apply();
    desk.type({ range: { start: position(1, 0), end: position(2, 0) }, text: "" }, "undo");
    desk.apply();
    assert.equal(desk.document.text, whole(old));
    assert.deepEqual(desk.session.state, { name: "ended", ending: "rejected" });
  });

  it("takes an undo in review that brings the old lines back for a rejection", () => {
    const desk = openDesk(old);
    streamAll(desk, ["const a = 10;", ...old.slice(1)]);
    desk.type({ range: { start: position(1, 0), end: position(1, 13) }, text: "const a = 1;" }, "undo");
    assert.deepEqual(desk.session.state, { name: "ended", ending: "rejected" });
  });

  it("opens a rejected hunk again when the rejection is undone", () => {
    const desk = openDesk(["a();", "b();", "c();", "d();", "e();"]);
    streamAll(desk, ["A();", "b();", "c();", "d();", "E();"]);
    desk.send({ type: "reject", hunk: 0 });
    desk.apply();
    assert.equal(desk.session.view().hunks.length, 1);
    desk.type({ range: { start: position(1, 0), end: position(1, 4) }, text: "A();" }, "undo");
    assert.deepEqual(
      desk.session.view().hunks.map(({ id }) => id),
      [0, 1],
    );
  });

  it("keeps a stopped edit for review, with what a continuation needs", () => {
    const desk = openDesk(old);
    desk.send({ type: "text", text: "one();\nconst a" });
    desk.send({ type: "stream-ended", outcome: "incomplete" });
    desk.apply();
    assert.equal(desk.document.text, whole(["one();", ...old]));
    assert.deepEqual(desk.session.state, {
      name: "review",
      notices: [],
      incomplete: { answer: "one();\nconst a", canContinue: true },
    });
    desk.type(insertion(0, 0, "typed\n"));
    desk.send({ type: "resumed" });
    desk.send({ type: "text", text: " = 1;\ntwo();" });
    desk.send({ type: "stream-ended", outcome: "completed" });
    desk.apply();
    assert.equal(desk.document.text, ["typed", "above", "one();", "const a = 1;", "two();", "below"].join("\n"));
  });

  it("cannot be continued once a hunk was decided or touched", () => {
    const desk = openDesk(old);
    desk.send({ type: "text", text: "one();\n" });
    desk.send({ type: "stream-ended", outcome: "stopped" });
    desk.apply();
    desk.type(insertion(1, 1, "X"));
    const { state } = desk.session;
    assert.ok(state.name === "review" && state.incomplete?.canContinue === false);
  });

  it("puts the old lines back when all is rejected in the middle of the stream", () => {
    const desk = openDesk(old);
    desk.send({ type: "text", text: "one();\nconst b = 2;\n" });
    const changes = desk.session.takeEdits();
    desk.send({ type: "reject-all" });
    assert.equal(desk.session.state.name, "streaming");
    desk.send({ type: "document-changed", changes: desk.document.change(changes) });
    desk.send({ type: "edits-settled", applied: true });
    desk.apply();
    assert.equal(desk.document.text, whole(old));
    assert.deepEqual(desk.session.state, { name: "ended", ending: "rejected" });
  });

  it("ends as read-only when an edit is applied without effect", () => {
    const desk = openDesk(old);
    desk.send({ type: "text", text: "one();\n" });
    desk.session.takeEdits();
    desk.send({ type: "edits-settled", applied: true });
    assert.deepEqual(desk.session.state, { name: "ended", ending: "read-only" });
  });

  it("is over at once when there is nothing to review", () => {
    const unchanged = openDesk(old);
    streamAll(unchanged, old);
    assert.deepEqual(unchanged.session.state, { name: "ended", ending: "unchanged" });
    const failed = openDesk(old);
    failed.send({ type: "stream-ended", outcome: "failed" });
    assert.deepEqual(failed.session.state, { name: "ended", ending: "failed" });
    const closed = openDesk(old);
    closed.send({ type: "document-closed" });
    assert.deepEqual(closed.session.state, { name: "ended", ending: "closed" });
  });

  it("brings the old lines back when the model leaves some out", () => {
    const desk = openDesk(old);
    desk.send({ type: "text", text: "one();\n" });
    desk.apply();
    desk.send({ type: "text", text: "// ... existing code ...\n" });
    assert.ok(desk.commands.some(({ type }) => type === "stop-stream"));
    desk.apply();
    assert.equal(desk.document.text, whole(old));
    assert.deepEqual(desk.session.state, { name: "ended", ending: "elided" });
  });

  it("removes all lines when the model says so, which leaves an empty one", () => {
    const desk = openDesk(old);
    streamAll(desk, ["```", "```"]);
    assert.equal(desk.document.text, whole([""]));
    desk.send({ type: "reject-all" });
    desk.apply();
    assert.equal(desk.document.text, whole(old));
  });

  it("keeps what a person typed into a hunk when another is rejected, and drops it with its own", () => {
    const desk = openDesk(["a();", "b();", "c();", "d();", "e();"]);
    streamAll(desk, ["A();", "b();", "c();", "d();", "E();"]);
    desk.type(insertion(1, 1, "\nX"));
    assert.deepEqual(
      desk.session.view().hunks.map(({ id, startLine, endLine, touched }) => [id, startLine, endLine, touched]),
      [
        [0, 1, 3, true],
        [1, 6, 7, false],
      ],
    );
    desk.send({ type: "reject", hunk: 1 });
    desk.apply();
    assert.equal(desk.document.text, whole(["A", "X();", "b();", "c();", "d();", "e();"]));
    desk.send({ type: "reject", hunk: 0 });
    desk.apply();
    assert.equal(desk.document.text, whole(["a();", "b();", "c();", "d();", "e();"]));
    assert.deepEqual(desk.session.state, { name: "ended", ending: "rejected" });
  });

  it("takes blanks before the first line of a hunk for its indentation, which goes with it", () => {
    const desk = openDesk(["a();", "b();", "c();", "d();", "e();"]);
    streamAll(desk, ["A();", "B();", "c();", "d();", "E();"]);
    // As a formatter tells it: from the last to the first.
    desk.send({
      type: "document-changed",
      changes: desk.document.change([insertion(1, 0, "  "), insertion(2, 0, "\t"), insertion(5, 0, "  ")]),
    });
    assert.equal(desk.document.text, whole(["  A();", "\tB();", "c();", "d();", "  E();"]));
    desk.send({ type: "reject-all" });
    desk.apply();
    assert.equal(desk.document.text, whole(["a();", "b();", "c();", "d();", "e();"]));
  });

  it("lets a person take over who indents the first line", () => {
    const desk = openDesk(old);
    desk.send({ type: "text", text: "one();\ntwo();\n" });
    desk.apply();
    desk.type(insertion(1, 0, "\t"));
    assert.equal(desk.session.state.name, "review");
    desk.send({ type: "reject-all" });
    desk.apply();
    assert.equal(desk.document.text, whole(old));
  });

  it("takes a hunk for accepted when a person writes over its edge", () => {
    const desk = openDesk(["a();", "b();", "c();", "d();", "e();"]);
    streamAll(desk, ["A();", "b();", "c();", "d();", "E();"]);
    desk.type({ range: { start: position(1, 2), end: position(2, 1) }, text: "x" });
    assert.deepEqual(
      desk.session.view().hunks.map(({ id }) => id),
      [1],
    );
    desk.send({ type: "reject-all" });
    desk.apply();
    assert.equal(desk.document.text, whole(["A(x();", "c();", "d();", "e();"]));
    assert.deepEqual(desk.session.state, { name: "ended", ending: "accepted" });
  });

  it("shares a document with another edit", () => {
    const document = createDocument([...old, "between", ...old].join("\n"));
    const sessions = [0, 4].map((startLine) => createEditSession({ oldLines: old, startLine }));
    const send = (event: EditEvent): void => {
      for (const session of sessions) session.handle(event);
    };
    for (let round = 0; round < 3; round++) {
      for (const [index, session] of sessions.entries()) {
        session.handle({ type: "text", text: `new${index}(${round});\n` });
        send({ type: "document-changed", changes: document.change(session.takeEdits()) });
        session.handle({ type: "edits-settled", applied: true });
      }
    }
    for (const session of sessions) {
      session.handle({ type: "stream-ended", outcome: "completed" });
      send({ type: "document-changed", changes: document.change(session.takeEdits()) });
      session.handle({ type: "edits-settled", applied: true });
      assert.equal(session.state.name, "review");
    }
    const lines = (index: number): string => [0, 1, 2].map((round) => `new${index}(${round});`).join("\n");
    assert.equal(document.text, `${lines(0)}\nbetween\n${lines(1)}`);
  });

  it("knows its own changes with other line ends and beside changes of the editor's own", () => {
    const desk = openDesk(old);
    desk.send({ type: "text", text: "one();\ntwo();\n" });
    const changes = desk.session
      .takeEdits()
      .map((change) => ({ ...change, text: change.text.replaceAll("\n", "\r\n") }));
    desk.send({ type: "document-changed", changes: [...changes, insertion(0, 0, "x")] });
    desk.send({ type: "edits-settled", applied: true });
    assert.equal(desk.session.state.name, "streaming");
    assert.equal(desk.session.view().nextLine, 3);
  });

  it("gives exactly the predicted text whatever is typed, refused and decided in between", () => {
    fc.assert(fc.property(fc.nat(), fc.nat(40), fc.double({ min: 0, max: 0.9, noNaN: true }), fc.boolean(), run), {
      numRuns: 500,
    });
  }).timeout(20_000);
});

/** One edit of random code with a person typing above, below and right at its ends; hunks decided in random order. */
function run(seed: number, length: number, share: number, isAtEnd: boolean): void {
  const random = createRandom(seed);
  const chance = (probability: number): boolean => random() < probability;
  const oldLines = sourceLines(length + 1, random);
  const newLines = withEndOf(oldLines, edited(oldLines, share, random));
  if (newLines.every((line) => line.trim() === "")) return;
  const desk = openDesk(oldLines, ["above", ""], isAtEnd ? [] : ["", "below"]);
  const { session, document } = desk;
  let above = "above\n\n";
  let below = isAtEnd ? "" : "\n\nbelow";
  const typeSomewhere = (): void => {
    const text = chance(0.3) ? "x\n" : "y";
    const { startLine, endLine } = session.view();
    if (chance(0.5)) {
      // Anywhere above, its very end included, where the edited lines begin.
      const offset = Math.floor(random() * (above.length + 1));
      const before = splitLines(above.slice(0, offset));
      desk.type(insertion(before.length - 1, before.at(-1)!.length, text));
      above = above.slice(0, offset) + text + above.slice(offset);
    } else {
      const last = splitLines(document.text)[endLine - 1]!.length - splitLines(below)[0]!.length;
      assert.ok(startLine < endLine);
      desk.type(insertion(endLine - 1, last, text));
      below = text + below;
    }
  };
  let inFlight: TextChange[] = [];
  const act = (): void => {
    if (inFlight.length === 0) {
      if (chance(0.2)) typeSomewhere();
      if (chance(0.5)) inFlight = session.takeEdits();
      // Typed before the batch arrives: the editor refuses it.
      if (inFlight.length === 0 || chance(0.8)) return;
      typeSomewhere();
      desk.send({ type: "edits-settled", applied: false });
      inFlight = [];
      return;
    }
    desk.send({ type: "document-changed", changes: document.change(inFlight) });
    if (chance(0.2)) typeSomewhere();
    desk.send({ type: "edits-settled", applied: true });
    inFlight = [];
  };

  // In a fence, since blank lines before an answer without one are not code.
  desk.send({ type: "text", text: "```\n" });
  for (const line of newLines) {
    desk.send({ type: "text", text: `${line}\n` });
    act();
    assert.ok(document.text.startsWith(above) && document.text.endsWith(below));
  }
  desk.send({ type: "text", text: "```\n" });
  desk.send({ type: "stream-ended", outcome: "completed" });
  for (let turn = 0; session.state.name === "streaming" && turn < 1000; turn++) act();
  if (session.state.name === "ended") return assert.equal(document.text, above + oldLines.join("\n") + below);
  assert.equal(document.text, above + newLines.join("\n") + below);

  const { hunks } = session.view();
  const accepted = new Set(hunks.filter(() => chance(0.5)).map(({ id }) => id));
  const order = hunks.toSorted(() => random() - 0.5);
  for (const { id } of order) {
    desk.send({ type: accepted.has(id) ? "accept" : "reject", hunk: id });
    act();
  }
  for (let turn = 0; session.state.name === "review" && turn < 1000; turn++) act();
  assert.equal(session.state.name, "ended");
  assert.equal(document.text, above + predicted(oldLines, newLines, accepted) + below);
}

/** The empty lines at the end stay those of the old text. */
function withEndOf(oldLines: readonly string[], lines: readonly string[]): string[] {
  const last = lines.findLastIndex((line) => line !== "");
  const oldLast = oldLines.findLastIndex((line) => line !== "");
  return [...lines.slice(0, last + 1), ...oldLines.slice(oldLast + 1)];
}

/** The text with some hunks accepted, put together from the old lines and the hunks without any places of text. */
function predicted(oldLines: readonly string[], newLines: readonly string[], accepted: ReadonlySet<number>): string {
  const lines: string[] = [];
  let reached = 0;
  for (const [id, hunk] of hunksOf(diffLines(oldLines, newLines)).entries()) {
    lines.push(...oldLines.slice(reached, hunk.oldStart), ...(accepted.has(id) ? hunk.newLines : hunk.oldLines));
    reached = hunk.oldStart + hunk.oldLines.length;
  }
  return [...lines, ...oldLines.slice(reached)].join("\n");
}

describe("several edit sessions in one document", () => {
  it("change it in common batches, each only its own lines, and keep their places", () => {
    for (let seed = 1; seed <= 60; seed++) {
      const random = createRandom(seed);
      const blocks = Array.from({ length: 5 }, () => {
        const lines = ["{", ...sourceLines(3 + Math.floor(random() * 8), random), "}"];
        return { lines, fresh: ["{", ...edited(lines.slice(1, -1), 0.4, random), "}"] };
      });
      const all = (texts: readonly (readonly string[])[]): string =>
        ["// 0", ...texts.flatMap((lines, index) => [...lines, `// ${index + 1}`])].join("\n");
      const document = createDocument(all(blocks.map(({ lines }) => lines)));
      let startLine = 1;
      const sessions = blocks.map(({ lines }) => {
        const session = createEditSession({ oldLines: lines, startLine });
        startLine += lines.length + 1;
        return session;
      });
      const apply = (): void => {
        for (;;) {
          const taken = sessions.map((session) => session.takeEdits());
          if (taken.every((changes) => changes.length === 0)) return;
          const changes = document.change(taken.flat());
          for (const session of sessions) session.handle({ type: "document-changed", changes });
          for (const [index, session] of sessions.entries())
            if (taken[index]!.length > 0) session.handle({ type: "edits-settled", applied: true });
        }
      };
      const longest = Math.max(...blocks.map(({ fresh }) => fresh.length));
      for (let line = 0; line < longest; line++) {
        for (const [index, { fresh }] of blocks.entries())
          if (line < fresh.length) sessions[index]!.handle({ type: "text", text: `${fresh[line]}\n` });
        if (random() < 0.5) apply();
      }
      for (const session of sessions) session.handle({ type: "stream-ended", outcome: "completed" });
      apply();
      assert.equal(document.text, all(blocks.map(({ fresh }) => fresh)));

      const expected = blocks.map(({ lines, fresh }, index) => {
        const hunks = hunksOf(diffLines(lines, fresh));
        const rejected = hunks.filter(() => random() < 0.5);
        for (const hunk of hunks) {
          const type = rejected.includes(hunk) ? "reject" : "accept";
          sessions[index]!.handle({ type, hunk: hunks.indexOf(hunk) });
        }
        return textWith(fresh.join("\n"), hunks, (hunk) => !rejected.includes(hunk)).split("\n");
      });
      apply();
      assert.equal(document.text, all(expected));
    }
  });
});
