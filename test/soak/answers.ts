/** What both sides of the soak know: the answer to each question, of changing length, script and cost. */

export interface Sent {
  /** Tokens, as the usage of whole answers said. */
  input: number;
  output: number;
  /** Connections open now. */
  open: number;
}

const words = ["Hello ", "안녕하세요 ", "漢字 ", "👋🏽 ", "`code`\n", "“quoted” "];

export function answerTo(question: number) {
  const texts = Array.from({ length: 4 + (question % 37) }, (_, index) => words[(question + index) % words.length]!);
  return { texts, usage: { input: 1 + (question % 101), output: texts.length } };
}
