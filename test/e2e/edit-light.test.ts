/** Inline edits in a light window. */
import { describeInlineEdit } from "./support/inline-edit.ts";

describeInlineEdit("light");
