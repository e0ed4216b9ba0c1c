/** What the extension host does with texts of servers, models, files and settings takes no longer than they are long. */

import assert from "node:assert/strict";
import { createOverlapTrimmer, overlapLength } from "../../src/chat/overlap.ts";
import { parseDiff } from "../../src/commit/diff-text.ts";
import { commitText } from "../../src/commit/text.ts";
import { isParsable, JsonProgress, withoutNaN } from "../../src/core/json-shape.ts";
import { limits } from "../../src/core/limits.ts";
import { createRedactor } from "../../src/core/redactor.ts";
import { trimEndOf } from "../../src/core/trim.ts";
import { createAnswerLines } from "../../src/edit/answer/answer-lines.ts";
import { diffLines } from "../../src/edit/diff/line-diff.ts";
import { createStreamingDiff } from "../../src/edit/diff/streaming-diff.ts";
import { createLineSplitter } from "../../src/files/read-lines.ts";
import { csvRow } from "../../src/money/csv.ts";
import { readLine } from "../../src/money/ledger-entry.ts";
import { readImport } from "../../src/money/ledger-import.ts";
import { pageError, reportedError, responseError } from "../../src/providers/errors/errors.ts";
import { redact } from "../../src/providers/errors/redact.ts";
import { PartialArguments } from "../../src/providers/gemini/partial-args.ts";
import { parseOllamaModels } from "../../src/providers/ollama/models.ts";
import { ToolCalls } from "../../src/providers/openai-chat/tool-calls.ts";
import { normalizeBaseUrl } from "../../src/providers/provider/base-url.ts";
import { parseJson } from "../../src/providers/provider/json.ts";
import { elementsOf } from "../../src/providers/provider/list-elements.ts";
import { ThinkTags } from "../../src/providers/provider/think-tags.ts";
import { FrameReader } from "../../src/stream/frames/sse.ts";
import { framesOf } from "../../src/stream/frames/websocket-message.ts";
import { createRecorder } from "../../src/turn/recorder.ts";
import { decoders } from "../support/decode.ts";
import { superLinear } from "../support/growth.ts";
import { long } from "../support/long.ts";

const context = { host: "example.com", provider: "p", model: "m", redactor: createRedactor(["sk-1234567890"]) };
const bytes = (text: string) => new TextEncoder().encode(text);

/** The texts that turn out badly for one scanner or another. */
const hostile: Record<string, (size: number) => string> = {
  "escaped quotes": (size) => `NaN${'\\"'.repeat(size / 2)}`,
  quotes: (size) => `NaN${'"'.repeat(size)}`,
  "an open string with NaN": (size) => `{"a":NaN,"b":"${"x".repeat(size)}`,
  "NaN without end": (size) => `[${"NaN,".repeat(size / 4)}`,
  "brackets without end": (size) => "[".repeat(size),
  "braces with names": (size) => '{"a":'.repeat(size / 5),
  blanks: (size) => " ".repeat(size),
  "line ends": (size) => "\n".repeat(size),
  "carriage returns": (size) => "\r".repeat(size),
  "colon and line ends": (size) => ` : ${"\n".repeat(size)}x`,
  "lines that end with a colon": (size) => "a:\n".repeat(size / 3),
  "titles without end": (size) => `<html>${"<title".repeat(size / 6)}`,
  "headings without end": (size) => `<html>${"<h1".repeat(size / 3)}`,
  "a title that goes on": (size) => `<html><title>${" a".repeat(size / 2)}`,
  slashes: (size) => `https://example.com/${"/".repeat(size)}x`,
  "endpoints in a row": (size) => `https://example.com${"/models".repeat(size / 7)}`,
  "versions in a row": (size) => `https://example.com${"/v1".repeat(size / 3)}`,
  "stack traces": (size) => `Error${"\n\n   ".repeat(size / 5)}`,
  "model without an end": (size) => `{"error":{"message":"${"models/".repeat(size / 7)}"}}`,
  "account without an end": (size) => `{"error":{"message":"${"account".repeat(size / 7)}"}}`,
  "a place of many steps": (size) => `{"detail":[{"msg":"x","loc":[${'"a",'.repeat(size / 4)}0]}]}`,
  "errors inside errors": (size) => `${'{"error":'.repeat(size / 9)}1`,
  fences: (size) => "```\n".repeat(size / 4),
  "half fences": (size) => "``\n`\n".repeat(size / 5),
  backticks: (size) => "`".repeat(size),
  tildes: (size) => `${"~".repeat(size)}\``,
  "keys of all kinds": (size) => "key: sk-".repeat(size / 8),
  "bearer bearer": (size) => "bearer ".repeat(size / 7),
  stars: (size) => `key: ${"*".repeat(size)}`,
  "one long line": (size) => "x".repeat(size),
  words: (size) => "the code is ".repeat(size / 12),
  "comments with blanks": (size) => `// ${" ".repeat(size)}x`,
  "thinking tags": (size) => "<think>".repeat(size / 7),
  "closing tags half": (size) => `<think>${"</thin".repeat(size / 6)}`,
  "ledger beginnings": (size) => '{"v":1,"id":'.repeat(size / 12),
  "files of a diff": (size) => "diff --git a/x b/x\n".repeat(size / 19),
  "private keys": (size) => `diff --git a/x b/x\n@@\n${"+-----BEGIN PRIVATE ".repeat(size / 20)}`,
  "octal names": (size) => `diff --git "a/${"\\303\\251".repeat(size / 8)}" x\n`,
  "hunks of a patch": (size) => `\`\`\`diff\n${"@@\n-a\n+b\n".repeat(size / 9)}`,
};

const scanners: Record<string, (text: string) => unknown> = {
  "JSON that is repaired": parseJson,
  "NaN in JSON": withoutNaN,
  "the shape of JSON": isParsable,
  "JSON that grows": (text) => {
    const progress = new JsonProgress();
    for (const character of text) progress.push(character);
  },
  "the body of an error": (text) => responseError({ status: 400, headers: {} }, text, context),
  "an error inside an answer": (text) => reportedError(text, context),
  "a page instead of an answer": (text) => pageError(200, text, context),
  "keys that are cut out": (text) => redact(text, context.redactor),
  "a base URL": normalizeBaseUrl,
  "a commit message": commitText,
  "a diff": parseDiff,
  "a WebSocket message": framesOf,
  "elements of a list": (text) => [...elementsOf(`{"x":0,"data":[${text}`, ["data"])],
  "a body that is no list": (text) => [...elementsOf(text, ["data"])],
  "a line of the ledger": readLine,
  "a file of the ledger": (text) => {
    try {
      return readImport(text);
    } catch {
      // An array that is no JSON is said to be none.
      return undefined;
    }
  },
  "a row of a table": (text) => csvRow([text]),
  "what repeats an answer": (text) => overlapLength(text, text.slice(1)),
  "an end that is cut off": (text) => trimEndOf(text, "/0\n "),
  "an event stream": (text) => {
    const reader = new FrameReader();
    reader.push(bytes(text));
    return reader.end();
  },
  "a stray event stream": (text) => {
    const reader = new FrameReader();
    reader.push(bytes(`data: x\n\n${text}`));
    return reader.end();
  },
  "an event stream byte by byte": (text) => {
    const reader = new FrameReader();
    for (const byte of bytes(`data: ${text}`)) reader.push(Uint8Array.of(byte));
    return reader.end();
  },
  "JSON byte by byte": (text) => {
    const reader = new FrameReader();
    for (const byte of bytes(`{${text}`)) reader.push(Uint8Array.of(byte));
    return reader.end();
  },
  "thinking character by character": (text) => {
    const tags = new ThinkTags();
    for (const character of text) tags.push(character);
    return tags.end();
  },
  "lines of code": (text) => {
    const answer = createAnswerLines({
      oldLines: ["a", "b"],
      before: ["x"],
      after: ["", "", "y"],
      language: "plaintext",
    });
    answer.push(text);
    return answer.end();
  },
  "lines of code character by character": (text) => {
    const answer = createAnswerLines({ oldLines: ["a", "b"], language: "typescript" });
    for (const character of text) answer.push(character);
    return answer.end();
  },
  "a continued answer": (text) => {
    const trimmer = createOverlapTrimmer(text);
    for (const character of text) trimmer.push(character);
    return trimmer.finish();
  },
  "lines of a file": (text) => {
    const splitter = createLineSplitter(limits.line);
    for (const byte of Buffer.from(text)) splitter.push(Buffer.from([byte]));
    return splitter.end();
  },
};

/** What grows by itself, `size` being a number of pieces. */
const growing: Record<string, (size: number) => unknown> = {
  "blank deltas before a tag": (size) => {
    const tags = new ThinkTags();
    for (let piece = 0; piece < size; piece++) tags.push(" ");
  },
  "fragments of a call that are named each time": (size) => {
    const calls = new ToolCalls(() => "id");
    const piece = { function: { name: "f", arguments: "x" } };
    calls.push({ function: { name: "f", arguments: '{"a":"' } }, []);
    for (let count = 0; count < size; count++) calls.push(piece, []);
  },
  "names behind blank arguments": (size) => {
    const calls = new ToolCalls(() => "id");
    calls.push({ index: 0, function: { name: "f", arguments: " ".repeat(size * 64) } }, []);
    for (let count = 0; count < size / 16; count++) calls.push({ index: 0, function: { name: `g${count}` } }, []);
  },
  "names behind a long empty object": (size) => {
    const calls = new ToolCalls(() => "id");
    calls.push({ index: 0, function: { name: "f", arguments: `{${" ".repeat(size * 64)}}` } }, []);
    for (let count = 0; count < size / 16; count++) calls.push({ index: 0, function: { name: "f" } }, []);
  },
  "a JSON value over many lines": (size) => {
    const reader = new FrameReader();
    reader.push(bytes("{\n"));
    const line = bytes(`"a":"${"x".repeat(500)}",\n`);
    for (let count = 0; count < size / 2; count++) reader.push(line);
  },
  "fragments behind whole arguments": (size) => {
    const calls = new ToolCalls(() => "id");
    calls.push({ id: "1", function: { name: "f", arguments: "{}" } }, []);
    for (let count = 0; count < size; count++) calls.push({ function: { arguments: "x" } }, []);
    for (let count = 0; count < size; count++) calls.push({ function: { name: "f", arguments: "x" } }, []);
  },
  "calls that are never named": (size) => {
    const calls = new ToolCalls(() => "id");
    for (let index = 0; index < size; index++) calls.push({ index, function: { arguments: "{" } }, []);
    calls.end("whole", []);
  },
  "arguments with places far apart": (size) => {
    const call = new PartialArguments();
    for (let at = 0; at < size; at++) call.push([{ jsonPath: `$.a[${at * 7}][9999]`, numberValue: 1 }]);
    return call.toJson();
  },
  "arguments deep inside": (size) => {
    const call = new PartialArguments();
    call.push([{ jsonPath: `$${".a".repeat(size)}`, numberValue: 1 }]);
    return call.toJson();
  },
  "models of Ollama": (size) =>
    parseOllamaModels({ models: Array.from({ length: size / 4 }, (_, at) => ({ model: `m${at}`, size: 1 })) }),
  "an answer of single characters": (size) => {
    const recorder = createRecorder(0);
    for (let at = 0; at < size; at++) recorder.record({ type: "text-delta", text: "x" }, at);
    return recorder.message();
  },
  "notices and reports of usage": (size) => {
    const recorder = createRecorder(0);
    for (let at = 0; at < size; at++) recorder.record({ type: "usage", usage: { outputTokens: at } }, at);
  },
  "lines that all are those behind the selection but one": (size) => {
    const after = [...Array.from({ length: size / 8 }, () => "x = 1;"), "y = 2;"];
    const answer = createAnswerLines({ oldLines: ["a"], before: [], after, language: "typescript" });
    answer.push("x = 1;\n".repeat(size / 4));
    return answer.end();
  },
  "a patch that fits nowhere": (size) => {
    const oldLines = Array.from({ length: size / 8 }, () => "x");
    const answer = createAnswerLines({ oldLines, language: "typescript" });
    answer.push(`\`\`\`diff\n@@ @@\n${" x\n".repeat(size / 16)}-y\n+z\n`);
    return answer.end();
  },
  "many hunks that fit nowhere but the last": (size) => {
    const oldLines = Array.from({ length: size / 8 }, (_, at) => `line ${at}`);
    const answer = createAnswerLines({ oldLines, language: "typescript" });
    answer.push(`\`\`\`diff\n${" line 0 \n-line 1\n+z\n@@ @@\n".repeat(size / 32)}`);
    return answer.end();
  },
  "an edit of lines that are alike": (size) => {
    const diff = createStreamingDiff(Array.from({ length: size / 4 }, (_, at) => `${at % 3}`));
    for (let at = 0; at < size / 4; at++) diff.push(`${at % 5}`);
    return diff.end();
  },
  "the diff of texts that share nothing": (size) =>
    diffLines(
      Array.from({ length: size / 4 }, (_, at) => `old ${at}`),
      Array.from({ length: size / 4 }, (_, at) => `new ${at}`),
    ),
  "events that say the same once more": (size) => {
    const decoder = decoders["openai-responses"]({ host: "example.com", makeId: () => "id" });
    const delta = { type: "response.output_text.delta", output_index: 0, content_index: 0, delta: "x" };
    const whole = { type: "response.output_text.done", output_index: 0, content_index: 0, text: "x" };
    const frames = [delta, whole].map((value) => ({ data: JSON.stringify(value) }));
    decoder.decode([{ data: JSON.stringify({ ...delta, delta: "y".repeat(size * 64) }) }], []);
    for (let count = 0; count < size / 16; count++) decoder.decode(frames, []);
  },
};

describe("pipelines under attack", function () {
  this.timeout(300_000);

  for (const [name, scan] of Object.entries(scanners)) {
    long.it(`${name}: no longer than its input`, () => {
      const slow = Object.entries(hostile).flatMap(([what, make]) => {
        const growth = superLinear(make, scan);
        return growth === undefined ? [] : [`${what}: ${growth}`];
      });
      assert.deepEqual(slow, []);
    });
  }

  for (const [name, run] of Object.entries(growing)) {
    it(`${name}: no longer than they are many`, () => {
      assert.equal(
        superLinear((size) => size, run),
        undefined,
      );
    });
  }
});
