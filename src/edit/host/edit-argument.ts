/** What commands of pending edits are told. */

/** What a lens or a key passes to the commands: which edit, or the one at the cursor, and which of its hunks. */
export interface EditArgument {
  edit: number | "here";
  hunk?: number;
}

export function isEditArgument(argument: unknown): argument is EditArgument {
  return typeof argument === "object" && argument !== null && "edit" in argument;
}
