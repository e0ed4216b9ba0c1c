/** A process that adds numbered messages to one conversation until it is killed: one line on standard output for each kept. */

import { createConversationStore } from "../../src/chat/conversation-store.ts";
import { silentLogger } from "../../src/core/logger.ts";

const [folder = "", conversation = "", name = ""] = process.argv.slice(2);
const store = createConversationStore(folder, silentLogger, () => process.exit(1));

for (let number = 0; ; number++) {
  const id = `${name}-${number}`;
  // Of many lengths, some of several bytes a letter.
  const text = `${id} ${"값".repeat((number * 37) % 5000)} end`;
  store.append(conversation, {
    v: 1,
    type: "message",
    message: { id, role: "assistant", text: "", state: "streaming" },
  });
  store.append(conversation, { v: 1, type: "delta", id, text });
  store.append(conversation, { v: 1, type: "end", id, message: { id, role: "assistant", state: "complete" } });
  await store.flush();
  process.stdout.write(`${id}\n`);
}
