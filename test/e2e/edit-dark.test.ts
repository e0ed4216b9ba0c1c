/** Inline edits in a dark window. */
import { describeInlineEdit } from "./support/inline-edit.ts";

describeInlineEdit("dark");
