// Runs in the browser: streams a text into our renderer, or into plain text as the reference, frame by frame.
import { createMarkdownRenderer } from "../../../media/markdown/renderer.ts";

export interface RenderRun {
  readonly kind: "ours" | "reference";
  readonly text: string;
  /** Characters that arrive for each frame. */
  readonly perFrame: number;
}

interface Sink {
  append(text: string): void;
  finish(): Promise<void>;
}

/** Plain text with a text node for each line: what drawing the characters costs, and nothing else. */
function createPlainText(container: HTMLElement): Sink {
  container.className = "plain";
  let line: Text | undefined;
  return {
    append(text) {
      for (const part of text.split(/(?<=\n)/)) {
        if (line) line.appendData(part);
        else line = container.appendChild(document.createTextNode(part));
        if (part.endsWith("\n")) line = undefined;
      }
    },
    finish: () => Promise.resolve(),
  };
}

async function run({ kind, text, perFrame }: RenderRun): Promise<number> {
  const scroller = document.querySelector<HTMLElement>("#scroller")!;
  const container = document.createElement("div");
  container.className = "markdown";
  scroller.replaceChildren(container);
  const texts = { copyCode: "Copy", insertCode: "Insert", applyCode: "Apply", newFile: "New" };
  const sink: Sink = kind === "ours" ? createMarkdownRenderer(container, { texts }) : createPlainText(container);
  const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  for (let position = 0; position < text.length; position += perFrame) {
    await nextFrame();
    sink.append(text.slice(position, position + perFrame));
    // The chat keeps the end in sight.
    scroller.scrollTop = scroller.scrollHeight;
  }
  await sink.finish();
  await nextFrame();
  await nextFrame();
  return container.querySelectorAll("*").length;
}

Object.assign(globalThis, { run });
