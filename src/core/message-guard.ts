/** The guard at the host's doors: lets through only messages of a webview's protocol. */

type FieldType = "string" | "number";

/** What each type of message holds beside its type. */
export type MessageFields<Message extends { type: string }> = Record<Message["type"], Record<string, FieldType>>;

/** Gives the message when a value is one; undefined for anything else a hostile page might post. */
export function messageGuard<Message extends { type: string }>(
  fields: MessageFields<Message>,
): (value: unknown) => Message | undefined {
  return (value) => {
    if (typeof value !== "object" || value === null) return undefined;
    const record = value as Record<string, unknown>;
    if (typeof record.type !== "string" || !Object.hasOwn(fields, record.type)) return undefined;
    const expected = fields[record.type as Message["type"]];
    for (const [name, type] of Object.entries(expected)) {
      if (typeof record[name] !== type) return undefined;
    }
    return record as Message;
  };
}
