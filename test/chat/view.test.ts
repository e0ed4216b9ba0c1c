/** The webview's reducer: what each message of the host does to the view, and when a snapshot has to be asked for. */
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { ToWebview, ViewMessage, ViewState } from "../../src/chat/protocol.ts";
import type { ChatTexts } from "../../src/chat/texts.ts";
import { reduce, streamingMessage, type View } from "../../src/chat/view.ts";

const texts = { send: "Send" } as ChatTexts;

function message(id: string, change: Partial<ViewMessage> = {}): ViewMessage {
  return { id, role: "assistant", text: "", state: "complete", ...change };
}

function view(messages: ViewMessage[] = [], change: Partial<ViewState> = {}): View {
  const state = { conversationId: "c", messages, providerCount: 1, found: [], sendKey: "enter" as const, ...change };
  return { sequence: 5, state, texts, locale: "ko" };
}

type Change = ToWebview extends infer Message ? (Message extends ToWebview ? Omit<Message, "sequence"> : never) : never;

function applied(before: View, ...changes: Change[]): View {
  let now: View | undefined = before;
  for (const change of changes) now = reduce(now, { ...change, sequence: now!.sequence + 1 } as ToWebview);
  assert.ok(now !== undefined);
  return now;
}

describe("shared/view", () => {
  describe("sequence", () => {
    const snapshot: ToWebview = { type: "snapshot", sequence: 40, state: view().state, texts, locale: "ja" };

    it("takes a snapshot at any time, whatever its number", () => {
      assert.deepEqual(reduce(undefined, snapshot), { sequence: 40, state: view().state, texts, locale: "ja" });
      assert.equal(reduce(view(), { ...snapshot, sequence: 1 })?.sequence, 1);
    });

    it("asks for a snapshot before the first one and after a gap", () => {
      assert.equal(reduce(undefined, { type: "focus-composer", sequence: 1 }), undefined);
      assert.equal(reduce(view(), { type: "focus-composer", sequence: 7 }), undefined);
    });

    it("leaves the view alone when a message comes twice", () => {
      const before = view([message("a", { state: "streaming" })]);
      assert.equal(reduce(before, { type: "delta", id: "a", text: "x", sequence: 5 }), before);
    });
  });

  it("adds messages at the end and does not touch the view before", () => {
    const before = view([message("a")]);
    const now = applied(before, { type: "message-added", message: message("b") });
    assert.deepEqual(
      now.state.messages.map(({ id }) => id),
      ["a", "b"],
    );
    assert.equal(before.state.messages.length, 1);
  });

  it("appends text and thinking, and keeps all other messages as they are", () => {
    const before = view([message("a", { text: "old" }), message("b", { state: "streaming" })]);
    const now = applied(
      before,
      { type: "delta", id: "b", thinking: "Hm" },
      { type: "delta", id: "b", thinking: "m.", text: "An" },
      { type: "delta", id: "b", text: "swer" },
    );
    assert.equal(now.state.messages[1]?.text, "Answer");
    assert.equal(now.state.messages[1]?.thinking, "Hmm.");
    assert.equal(now.state.messages[0], before.state.messages[0]);
    assert.equal(before.state.messages[1]?.text, "");
  });

  it("ignores a delta for a message that is gone", () => {
    const before = view([message("a")]);
    assert.deepEqual(applied(before, { type: "delta", id: "gone", text: "x" }).state, before.state);
  });

  it("ends a message with all that is new, but keeps the text that was streamed", () => {
    const before = view([
      message("a", { text: "kept", thinking: "too", state: "streaming", notices: ["old"], elapsed: 3 }),
    ]);
    const { text: _text, ...ended } = message("a", { state: "stopped", canContinue: true });
    const now = applied(before, { type: "message-ended", id: "a", message: ended });
    assert.deepEqual(
      now.state.messages[0],
      message("a", { text: "kept", thinking: "too", state: "stopped", canContinue: true }),
    );
  });

  it("takes back the end of a message that goes on", () => {
    const error = { kind: "incomplete" as const, text: "Lost.", actions: [] };
    const before = view([
      message("a", {
        text: "half",
        state: "incomplete",
        error,
        canContinue: true,
        measures: { target: { provider: "p", model: "m" } },
      }),
    ]);
    const now = applied(before, { type: "message-changed", id: "a", change: { state: "streaming", seams: [4] } });
    assert.deepEqual(now.state.messages[0], message("a", { text: "half", state: "streaming", seams: [4] }));
  });

  it("lets a wait end with the next change", () => {
    const before = view([message("a", { state: "streaming" })]);
    const wait = { text: "{time}", seconds: 3 };
    const waiting = applied(before, { type: "message-changed", id: "a", change: { notices: [], wait } });
    assert.deepEqual(waiting.state.messages[0], message("a", { state: "streaming", notices: [], wait }));
    const over = applied(waiting, { type: "message-changed", id: "a", change: { notices: [] } });
    assert.deepEqual(over.state.messages[0], message("a", { state: "streaming", notices: [] }));
  });

  it("adds notices without disturbing the rest", () => {
    const before = view([message("a", { text: "t", state: "streaming" })]);
    const now = applied(before, { type: "message-changed", id: "a", change: { notices: ["Trying again in 3 s"] } });
    assert.deepEqual(
      now.state.messages[0],
      message("a", { text: "t", state: "streaming", notices: ["Trying again in 3 s"] }),
    );
  });

  it("removes a message and all after it", () => {
    const before = view([message("a"), message("b"), message("c")]);
    assert.deepEqual(
      applied(before, { type: "messages-removed", fromId: "b" }).state.messages.map(({ id }) => id),
      ["a"],
    );
    assert.equal(applied(before, { type: "messages-removed", fromId: "gone" }).state.messages.length, 3);
  });

  it("forgets the model when the new setup has none", () => {
    const model = { target: "p/m", label: "m", providerName: "P", scripted: false };
    const setup = { providerCount: 0, found: [], sendKey: "ctrlEnter" as const };
    const now = applied(view([], { model }), { type: "setup-changed", setup });
    assert.equal("model" in now.state, false);
    assert.equal(now.state.sendKey, "ctrlEnter");
    assert.deepEqual(applied(now, { type: "setup-changed", setup: { ...setup, model } }).state.model, model);
  });

  it("replaces what the next question takes along", () => {
    const item = { label: "a.ts:1-2", path: "a.ts", language: "typescript", startLine: 1, endLine: 2 };
    assert.deepEqual(applied(view(), { type: "pending-changed", pending: [item] }).state.pending, [item]);
  });

  it("finds the message that streams", () => {
    assert.equal(streamingMessage(view([message("a")]).state), undefined);
    assert.equal(streamingMessage(view([message("a"), message("b", { state: "streaming" })]).state)?.id, "b");
  });
});
