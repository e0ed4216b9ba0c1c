/** Reads a conversation's log that a test holds as one text; the product reads it by line. */
import { createLogReader, type LogReading } from "../../src/chat/conversation-reader.ts";

export function readLog(text: string, id?: string): LogReading {
  const reader = createLogReader(id);
  for (const line of text.split("\n")) reader.add(line);
  return reader.end();
}
