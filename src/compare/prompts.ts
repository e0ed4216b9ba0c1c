/** Questions that models can be compared by when a person has none at hand: from one line to a thousand tokens. */
import { fenced } from "../context/fence.ts";

export type ReadyPromptId = "short" | "long" | "code" | "korean" | "chinese" | "japanese";

export interface ReadyPrompt {
  id: ReadyPromptId;
  text: string;
  /** What an answer usually has, for the estimate of the cost. */
  outputTokens: number;
}

const code = `export function total(items) {
  let sum = 0;
  for (let i = 0; i < items.length; i++) {
    if (items[i].price != null) {
      sum = sum + items[i].price * items[i].count;
    }
  }
  return sum;
}
`;

export const readyPrompts: readonly ReadyPrompt[] = [
  { id: "short", text: "What does HTTP status 429 mean? Answer in one sentence.", outputTokens: 60 },
  {
    id: "long",
    text: "Explain how server-sent events work, from the request to the reconnect, in a text of about 1,000 tokens.",
    outputTokens: 1200,
  },
  {
    id: "code",
    text: `Refactor this function to modern TypeScript with types. Answer with the code only.\n\n${fenced(code, "javascript")}`,
    outputTokens: 200,
  },
  {
    id: "korean",
    text: "스트리밍 응답이 사용자 경험에 왜 중요한지 세 문단으로 설명해 주세요.",
    outputTokens: 600,
  },
  { id: "chinese", text: "请用三段话说明流式输出为什么对用户体验很重要。", outputTokens: 600 },
  {
    id: "japanese",
    text: "ストリーミング応答がユーザー体験にとってなぜ重要なのか、三つの段落で説明してください。",
    outputTokens: 600,
  },
];

/** Tokens to reckon with for an answer to `text`; of a person's own question nothing better is known than the usual. */
export function expectedOutput(text: string): number {
  return readyPrompts.find((prompt) => prompt.text === text)?.outputTokens ?? 800;
}
