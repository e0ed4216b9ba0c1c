/** How a page tells the host of a defect of its own, so that the log holds it. */
import { describeDefect } from "./defect.ts";
import { type MessageFields, messageGuard } from "./message-guard.ts";

export interface PageDefect {
  type: "defect";
  /** As `describeDefect` writes it: no text of the page. */
  stack: string;
}

const fields: MessageFields<PageDefect> = { defect: { stack: "string" } };

/** The message when a value is one. */
export const asPageDefect = messageGuard<PageDefect>(fields);

/** A page that fails at each frame would fill the log. */
const most = 10;
const longest = 4000;

/** What a window lets listen to its errors. */
export interface ErrorSource {
  addEventListener(type: "error", listener: (event: { error?: unknown }) => void): void;
  addEventListener(type: "unhandledrejection", listener: (event: { reason?: unknown }) => void): void;
}

/** Posts whatever is thrown in the page and caught by nobody. */
export function tellDefects(page: ErrorSource, post: (message: PageDefect) => void): void {
  let told = 0;
  const tell = (thrown: unknown): void => {
    if (told++ < most) post({ type: "defect", stack: describeDefect(thrown).slice(0, longest) });
  };
  page.addEventListener("error", ({ error }) => tell(error));
  page.addEventListener("unhandledrejection", ({ reason }) => tell(reason));
}

/** The lines for the log; a page is believed in nothing but being one. */
export function defectLines(page: string, { stack }: PageDefect): string {
  const text = stack.slice(0, longest).replace(/[^\n\x20-\x7e]/g, "?");
  return `A defect in the page “${page}”: ${text}`;
}
