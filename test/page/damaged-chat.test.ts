// biome-ignore-all lint/performance/useDomNodeTextContent: innerText is Playwright's here and means what is visible
/** Conversations that are damaged or of a newer version, on the chat's page: shown as far as they go. */
import assert from "node:assert/strict";
import type { ViewMessage } from "../../src/chat/protocol.ts";
import type { Conversation } from "../../src/core/conversation.ts";
import { sampleLog } from "../support/conversation-sample.ts";
import { seed, sizeOf } from "../support/long.ts";
import { mutationKinds, mutations } from "../support/mutations.ts";
import { readLog } from "../support/read-log.ts";
import type { ChatBrowser, ChatPage } from "./support/chat-page.ts";
import { assistant, user } from "./support/chat-samples.ts";
import { eachOnAPage, partsOf, snapshot } from "./support/chat-tests.ts";

const note = (text: string): ViewMessage => ({ id: "n", role: "other", text: "", state: "complete", notices: [text] });

describe("the chat page", () => {
  let browser: ChatBrowser;
  let chat: ChatPage;
  eachOnAPage((page, itsBrowser) => {
    chat = page;
    browser = itsBrowser;
  });
  const { byId } = partsOf(() => chat);

  it("shows a note of the host between the messages, with nothing to press", async () => {
    await chat.send(snapshot([user("u1", "Hi"), assistant("a1", "Hello"), note("2 entries are missing.")]));
    const item = byId("message").last();
    assert.equal(await item.innerText(), "2 entries are missing.");
    assert.equal(await item.getByRole("button").count(), 0);
    await chat.send({ type: "message-added", message: user("u2", "On") });
    assert.equal(await byId("message").count(), 4);
    await chat.send(snapshot([note("Nothing could be read.")]));
    assert.equal(await byId("example").count(), 3, "and an empty chat offers what it always does");
  });

  it("shows that a question is not shown whole, and a message of an unknown kind as plain text", async () => {
    const notices = ["This version cannot show all of this message."];
    const other: ViewMessage = { id: "o", role: "other", text: "**as it is**", state: "complete", notices };
    await chat.send(snapshot([user("u1", "Hi", { notices }), other]));
    assert.equal(await byId("message").first().getByTestId("notice").innerText(), notices[0]);
    assert.match(await byId("message").last().innerText(), /^\*\*as it is\*\*\s+This version/);
    assert.equal(await byId("message").last().locator("strong").count(), 0);
  });

  it("takes what it does not know for nothing", async () => {
    const unknown = {
      ...{ role: "narrator", state: "queued", notices: ["n"], seams: [], extra: {} },
      error: { kind: "quota", text: "Come back on Monday.", actions: [{ action: "wait", label: "Wait" }] },
    };
    const changes = { ...unknown, role: "assistant", measures: { target: { provider: "p", model: "m" } } };
    await chat.send(snapshot([user("u1", "Hi"), { ...assistant("a1", "x"), ...(changes as object) }]));
    assert.match(await byId("error").innerText(), /Come back on Monday/);
    await chat.send({ type: "message-added", message: { id: "z", text: "said", ...unknown } as never });
    assert.match(await byId("message").last().innerText(), /said/);
    await chat.send({ type: "branch-added", branch: {} } as never);
    await chat.send({ type: "message-changed", id: "a1", change: { state: "queued" } } as never);
    await chat.send({ type: "message-added", message: user("u2", "still here") });
    assert.equal(await byId("message").last().innerText(), "still here");
  });

  it("forgets what it remembered in another form", async () => {
    for (const remembered of [
      5,
      "text",
      [],
      { draft: {}, reading: "x", conversationId: 1 },
      { draft: ["a"], reading: { id: {}, offset: "1" } },
    ]) {
      const other = await browser.open({ state: remembered });
      await other.send(snapshot([user("u1", "Hi"), assistant("a1", "Hello")]));
      assert.equal(await other.page.getByTestId("composer").inputValue(), "");
      assert.deepEqual(other.problems, []);
      await other.close();
    }
  });

  it(`shows a log after any of ${mutationKinds.length} kinds of damage`, async function () {
    this.timeout(300_000);
    const count = sizeOf({ few: 2, all: 20 }) * mutationKinds.length;
    let tried = 0;
    for (const { kind, bytes } of mutations(seed + 2, Buffer.from(sampleLog))) {
      if (tried++ === count) break;
      const { conversation } = readLog(new TextDecoder().decode(bytes), "c");
      if (conversation === undefined) continue;
      await chat.send(snapshot([]));
      await chat.send(snapshot(shown(conversation)));
      assert.equal(await byId("message").count(), conversation.messages.length, kind);
      assert.deepEqual(chat.problems, [], `${kind}, RUNNEL_SEED=${seed}`);
    }
  });
});

/** As the host shows them, with its own words for what it words. */
function shown({ messages }: Conversation): ViewMessage[] {
  return messages.map(({ error, notices, partial, ...message }) => ({
    ...message,
    ...(error && { error: { kind: error.kind, text: error.message, actions: [] } }),
    notices: [...(notices ?? []).map(({ code }) => code), ...(partial ? ["partial"] : [])],
  }));
}
