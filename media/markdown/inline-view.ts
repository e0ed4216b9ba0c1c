// Turns inline nodes into DOM nodes, one for one, and patches them where text has grown.
import { contradictedHost, followableAddress, shortAddress } from "./link-policy.ts";
import type { Inline } from "./nodes.ts";
import { plainText } from "./pieces.ts";
import { codePointName, hasSuspicious, splitInvisible } from "./visible-text.ts";

const tags = { emphasis: "em", strong: "strong", strikethrough: "del" } as const;

export function buildInlines(document: Document, nodes: readonly Inline[], insideLink = false): Node[] {
  return nodes.map((node) => buildInline(document, node, insideLink));
}

function buildInline(document: Document, node: Inline, insideLink: boolean): Node {
  switch (node.type) {
    case "text":
    case "html":
      return document.createTextNode(node.text);
    case "invisible":
      return buildInvisible(document, node.codePoint);
    case "break":
      return document.createElement("br");
    case "code":
      return withChildren(document.createElement("code"), buildText(document, node.text));
    case "task":
      return buildTaskBox(document, node.checked);
    case "emphasis":
    case "strong":
    case "strikethrough":
      return withChildren(document.createElement(tags[node.type]), buildInlines(document, node.children, insideLink));
    case "link":
      return insideLink ? buildPlain(document, node.children) : buildLink(document, node.address, node.children);
    case "image":
      return insideLink ? buildPlain(document, node.children) : buildImage(document, node.address, node.children);
    default:
      return node satisfies never;
  }
}

/** Text with its deceptive characters marked. */
export function buildText(document: Document, text: string): Node[] {
  return buildInlines(document, splitInvisible(text));
}

function buildInvisible(document: Document, codePoint: number): Node {
  const mark = document.createElement("span");
  mark.className = "invisible-character";
  mark.textContent = codePointName(codePoint);
  return mark;
}

function buildTaskBox(document: Document, checked: boolean): Node {
  const box = document.createElement("input");
  box.type = "checkbox";
  box.disabled = true;
  // The attribute too, because that is what comparing two pages sees.
  box.toggleAttribute("checked", checked);
  return box;
}

function buildPlain(document: Document, children: readonly Inline[]): Node {
  return withChildren(document.createElement("span"), buildInlines(document, children, true));
}

function buildLink(document: Document, address: string, children: readonly Inline[]): Node {
  const target = followableAddress(address);
  if (target === undefined) return buildDeadLink(document, address, children);
  const link = anchor(document, target, buildInlines(document, children, true));
  const host = contradictedHost(plainText(children), target);
  if (host === undefined) return link;
  return withChildren(document.createElement("span"), [link, ...addressMark(document, host)]);
}

/** What may not be followed stays text; where it would have led is shown if it says more than the text does. */
function buildDeadLink(document: Document, address: string, children: readonly Inline[]): Node {
  const text = document.createElement("span");
  text.className = "link-text";
  text.append(...buildInlines(document, children, true));
  if (address !== "" && !address.startsWith("#") && plainText(children) !== address) {
    text.append(...addressMark(document, address));
  }
  return text;
}

/** No image is ever loaded: its address could carry away what the model has read. */
function buildImage(document: Document, address: string, children: readonly Inline[]): Node {
  const image = document.createElement("span");
  image.className = "image-text";
  const target = followableAddress(address);
  const description = buildInlines(document, children, true);
  if (target !== undefined && !target.startsWith("mailto:")) {
    const named = plainText(children).trim() !== "";
    image.append(anchor(document, target, named ? description : buildText(document, shortAddress(target))));
    if (named) image.append(...addressMark(document, target));
  } else image.append(...description, ...addressMark(document, address));
  return image;
}

function anchor(document: Document, target: string, children: Node[]): HTMLAnchorElement {
  const link = document.createElement("a");
  link.href = target;
  link.title = target;
  link.rel = "noreferrer";
  return withChildren(link, children);
}

/** An address behind a text, with a space that is copied along. */
function addressMark(document: Document, address: string): Node[] {
  const mark = document.createElement("code");
  mark.className = "link-address";
  return [document.createTextNode(" "), withChildren(mark, buildText(document, shortAddress(address)))];
}

function withChildren<Parent extends Node>(parent: Parent, children: readonly Node[]): Parent {
  for (const child of children) parent.appendChild(child);
  return parent;
}

/** Makes the children of a parent, from an index on, show other nodes; where text has only grown, only the rest is added. */
export function patchInlines(parent: Node, from: number, before: readonly Inline[], after: readonly Inline[]): void {
  const document = parent.ownerDocument!;
  while (parent.childNodes.length > from + after.length) parent.lastChild!.remove();
  after.forEach((node, index) => {
    const old = before[index];
    const shown = parent.childNodes[from + index];
    if (!shown || !old) parent.appendChild(buildInline(document, node, false));
    else if (!patchInline(shown, old, node)) parent.replaceChild(buildInline(document, node, false), shown);
  });
}

function patchInline(shown: Node, old: Inline, node: Inline): boolean {
  if (old.type === "text" && node.type === "text") {
    growText(shown as Text, old.text, node.text);
    return true;
  }
  if (old.type === "code" && node.type === "code") return patchCode(shown, old.text, node.text);
  if (old.type !== node.type) return false;
  if (node.type === "emphasis" || node.type === "strong" || node.type === "strikethrough") {
    patchInlines(shown, 0, (old as typeof node).children, node.children);
    return true;
  }
  return sameInline(old, node);
}

function growText(shown: Text, old: string, text: string): void {
  if (text === old) return;
  if (text.startsWith(old)) shown.appendData(text.slice(old.length));
  else shown.replaceData(shown.length - old.length, old.length, text);
}

function patchCode(shown: Node, old: string, text: string): boolean {
  if (text === old) return true;
  if (old === "" || text === "" || hasSuspicious(old) || hasSuspicious(text)) return false;
  growText(shown.firstChild as Text, old, text);
  return true;
}

function sameInline(one: Inline, other: Inline): boolean {
  if (one.type !== other.type) return false;
  if ("text" in one && "text" in other) return one.text === other.text;
  if (one.type === "invisible") return one.codePoint === (other as typeof one).codePoint;
  if (one.type === "task") return one.checked === (other as typeof one).checked;
  if ("address" in one && one.address !== (other as typeof one).address) return false;
  if (!("children" in one)) return true;
  const { children } = other as typeof one;
  return (
    one.children.length === children.length && one.children.every((child, index) => sameInline(child, children[index]!))
  );
}
