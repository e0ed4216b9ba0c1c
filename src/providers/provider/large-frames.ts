/** Prepares frames that are too large to be read in one go: parsed in steps, and documents in one frame taken apart. */
import { limits } from "../../core/limits.ts";
import type { Slices } from "../../core/slices.ts";
import { eachDocument } from "../../stream/frames/json-documents.ts";
import type { Frame } from "../../stream/frames/sse.ts";
import { parseLargeJson } from "./large-json.ts";

/** Frames that are decoded in a row. */
export const framesInARow = 500;

export function isLarge({ data }: Frame): boolean {
  return data.length > limits.largeEvent;
}

/** The same frames in groups, each of which may be decoded in one go. */
export async function inSteps(frames: readonly Frame[], slices: Slices): Promise<Frame[][]> {
  const groups: Frame[][] = [];
  let group: Frame[] = [];
  const close = () => {
    if (group.length > 0) groups.push(group);
    group = [];
  };
  for (const frame of frames) {
    if (!isLarge(frame)) {
      group.push(frame);
      continue;
    }
    close();
    groups.push(...(await prepared(frame, slices)));
  }
  close();
  return groups;
}

async function prepared(frame: Frame, slices: Slices): Promise<Frame[][]> {
  const { event, data } = frame;
  const value = await parseLargeJson(data, slices);
  if (value !== undefined) return [[{ ...frame, parsed: { value } }]];
  const documents: string[] = [];
  await slices.rest();
  for (const document of eachDocument(data)) {
    if (document === undefined) return [[{ ...frame, parsed: { value } }]];
    documents.push(document);
    await slices.pause();
  }
  const groups: Frame[][] = [];
  documents.forEach((document, index) => {
    if (index % framesInARow === 0) groups.push([]);
    // Of several documents in one frame its name is the last one's.
    groups.at(-1)!.push({ event: index === documents.length - 1 ? event : undefined, data: document });
  });
  return groups.length > 0 ? groups : [[{ ...frame, parsed: { value } }]];
}
