// Runs in the browser: the renderer, and what the tests ask of the page.
import { codeTextOf, createMarkdownRenderer, type MarkdownRenderer } from "../../../media/markdown/renderer.ts";

const texts = { copyCode: "Copy code", insertCode: "Insert code", applyCode: "Apply code", newFile: "New file" };
const idle = () => new Promise((resolve) => requestIdleCallback(resolve));

function create(attached = false): { container: HTMLElement; renderer: MarkdownRenderer } {
  const container = document.createElement("div");
  if (attached) document.querySelector("#scroller")!.replaceChildren(container);
  return { container, renderer: createMarkdownRenderer(container, { document, texts }) };
}

async function render(pieces: readonly string[]): Promise<HTMLElement> {
  const { container, renderer } = create();
  for (const [index, piece] of pieces.entries()) {
    renderer.append(piece);
    // Now and then, so that colours and late links come in while text does.
    if (index % 7 === 3) await idle();
  }
  await renderer.finish();
  return container;
}

/** Every element and attribute the renderer may make. */
const allowed: Readonly<Record<string, string>> = {
  div: "class data-language data-group role",
  span: "class aria-hidden",
  a: "href title rel",
  button: "type class title aria-label data-testid",
  input: "type disabled checked",
  ol: "class start",
  ul: "class",
  li: "class value",
  th: "class",
  td: "class",
  code: "class",
};
const bare = [
  "p",
  "h1",
  "h2",
  "h3",
  "h4",
  "h5",
  "h6",
  "em",
  "strong",
  "del",
  "br",
  "hr",
  "pre",
  "blockquote",
  "table",
  "thead",
  "tbody",
  "tr",
];

function violations(container: Element): string[] {
  const found: string[] = [];
  for (const element of container.querySelectorAll("*")) {
    const name = element.localName;
    if (!(name in allowed) && !bare.includes(name)) found.push(name);
    for (const attribute of element.attributes) {
      if (!(allowed[name] ?? "").split(" ").includes(attribute.name)) found.push(`${name}[${attribute.name}]`);
    }
    if (name === "a" && !/^(?:https?:\/\/|mailto:)/.test(element.getAttribute("href") ?? ""))
      found.push(element.outerHTML);
  }
  return found;
}

const meaning = new Set(
  "p h1 h2 h3 h4 h5 h6 ul ol li blockquote pre code em strong del a table thead tbody tr th td hr br input".split(" "),
);

/** What a page says, without how it is built: to compare with what another parser made. */
function outline(node: Node, inPre = false): string {
  if (node.nodeType === Node.TEXT_NODE) return inPre ? node.nodeValue! : node.nodeValue!.replace(/\s+/g, " ");
  if (!(node instanceof Element)) return "";
  const name = node.localName;
  if (node.classList.contains("code-header")) return "";
  const inside = [...node.childNodes].map((child) => outline(child, inPre || name === "pre")).join("");
  const tight = name === "p" && node.closest("ul, ol, blockquote")?.classList.contains("tight");
  if (!meaning.has(name) || tight) return inside;
  const detail = { a: "href", ol: "start", input: "checked" }[name];
  const value = detail ? node.getAttribute(detail) : null;
  return `<${name}${value === null ? "" : ` ${value}`}>${inPre ? inside : inside.trim()}</${name}>`;
}

Object.assign(globalThis, {
  tests: {
    create,
    render,
    violations,
    outline: (element: Element) =>
      outline(element).replace(/\s*(<\/?(?:p|h\d|ul|ol|li|blockquote|pre|t\w+|hr|br|input)\b[^>]*>)\s*/g, "$1"),
    codeTextOf,
    idle,
    texts,
  },
});

export interface PageTests {
  create: typeof create;
  render: typeof render;
  violations: typeof violations;
  outline(element: Element): string;
  codeTextOf: typeof codeTextOf;
  idle: typeof idle;
  texts: typeof texts;
}
