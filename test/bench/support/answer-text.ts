// Writes a long answer as a model would: prose, lists, tables and code in several languages, English and Korean.

const english =
  "the server keeps one connection open and sends each token as soon as it is known so the reader sees the first words " +
  "early a buffer in between would only hide how fast the model is when the request is cancelled the generator returns " +
  "its reader and the socket is closed without waiting for the rest of the body which the user has already paid for";
const korean =
  "서버는 연결을 하나만 유지하고 토큰이 준비되는 즉시 보냅니다 사용자는 첫 단어를 일찍 볼 수 있고 취소하면 소켓이 바로 닫힙니다 " +
  "응답이 길어져도 화면은 부드럽게 움직여야 하며 이미 표시된 내용은 다시 그리지 않습니다 오류 메시지는 무엇이 어디서 잘못되었는지 알려 줍니다";

const code: Record<string, string> = {
  typescript: `export async function* readFrames(source: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Frame> {
  const decoder = new TextDecoder("utf-8", { fatal: false });
  let rest = ""; // half a line waits here
  for await (const chunk of source) {
    if (signal.aborted) return;
    rest += decoder.decode(chunk, { stream: true });
    for (const line of takeLines(rest)) {
      /* an empty line ends the event,
         anything else belongs to it */
      if (line === "") yield { event: name ?? "message", data: data.join("\\n") };
      else fields.push(line.replace(/^data: ?/, ""));
    }
  }
}`,
  python: `from dataclasses import dataclass

@dataclass(frozen=True)
class Usage:
    """What a turn has cost."""
    input_tokens: int = 0
    output_tokens: int = 0

    def cost(self, price: dict[str, float]) -> float:
        # prices are per million tokens
        return (self.input_tokens * price["input"] + self.output_tokens * price["output"]) / 1_000_000

def total(turns):
    return sum(turn.usage.cost(PRICES[turn.model]) for turn in turns if turn.usage is not None)`,
  go: `func (s *Server) handle(w http.ResponseWriter, r *http.Request) {
	flusher, ok := w.(http.Flusher)
	if !ok {
		http.Error(w, "streaming unsupported", http.StatusInternalServerError)
		return
	}
	for event := range s.events(r.Context()) {
		fmt.Fprintf(w, "data: %s\\n\\n", event.JSON())
		flusher.Flush()
	}
}`,
  json: `{
  "model": "example-large",
  "stream": true,
  "messages": [{ "role": "user", "content": "안녕하세요" }],
  "max_output_tokens": 4096,
  "tools": null
}`,
  bash: `#!/usr/bin/env bash
set -euo pipefail
for file in src/**/*.ts; do
  if grep -q "TODO" "$file"; then echo "$file: $(grep -c TODO "$file")"; fi
done | sort -t: -k2 -rn | head -20`,
  sql: `SELECT model, COUNT(*) AS turns, SUM(output_tokens) AS tokens, ROUND(AVG(ttft_ms), 1) AS ttft
FROM ledger
WHERE started_at >= DATE('now', '-30 day') -- the last month
GROUP BY model
HAVING turns > 10
ORDER BY tokens DESC;`,
  css: `.answer pre {
  overflow-x: auto;
  padding: 8px 12px;
  background: var(--vscode-textCodeBlock-background, #eee);
}
@media (prefers-reduced-motion: reduce) { .answer { scroll-behavior: auto; } }`,
};

/** Gives the same text for the same length, whatever the machine. */
export function answerText(length: number): string {
  const writer = new AnswerWriter();
  let text = "";
  for (let part = 0; text.length < length; part++) text += `${writer.part(part)}\n\n`;
  return text.slice(0, length);
}

class AnswerWriter {
  private seed = 42;
  private readonly words = { english: english.split(" "), korean: korean.split(" ") };

  part(index: number): string {
    const language = index % 3 === 2 ? "korean" : "english";
    const name = Object.keys(code)[index % Object.keys(code).length]!;
    return [
      `## ${index + 1}. ${this.phrase(language, 4)}`,
      this.prose(language),
      this.list(language),
      this.prose(language),
      `\`\`\`${name}\n${code[name]}\n\`\`\``,
      index % 2 === 0 ? this.table(language) : `> ${this.prose(language)}`,
      this.prose(language),
    ].join("\n\n");
  }

  private random(below: number): number {
    this.seed = (this.seed * 1103515245 + 12345) % 2147483648;
    return Math.floor((this.seed / 2147483648) * below);
  }

  private phrase(language: "english" | "korean", count: number): string {
    const words = this.words[language];
    return Array.from({ length: count }, () => words[this.random(words.length)]!).join(" ");
  }

  private prose(language: "english" | "korean"): string {
    const sentences = Array.from({ length: 3 + this.random(3) }, () => {
      const middle = [
        `**${this.phrase(language, 2)}**`,
        `\`readFrames(source)\``,
        `*${this.phrase(language, 1)}*`,
        `[${this.phrase(language, 2)}](https://example.com/docs/${this.random(100)})`,
        this.phrase(language, 3),
      ][this.random(5)]!;
      return `${this.phrase(language, 5 + this.random(5))} ${middle} ${this.phrase(language, 3 + this.random(6))}.`;
    });
    return sentences.join(" ");
  }

  private list(language: "english" | "korean"): string {
    const items = Array.from({ length: 4 + this.random(4) }, (_, index) => {
      const nested =
        this.random(3) === 0 ? `\n   - ${this.phrase(language, 5)}\n   - \`${this.phrase("english", 1)}\`` : "";
      return `${index + 1}. **${this.phrase(language, 2)}**: ${this.phrase(language, 8)}${nested}`;
    });
    return items.join("\n");
  }

  private table(language: "english" | "korean"): string {
    const rows = Array.from({ length: 5 }, () => {
      return `| ${this.phrase(language, 1)} | ${this.random(1000)} ms | ${this.phrase(language, 4)} |`;
    });
    return ["| name | time | what it does |", "|---|---:|---|", ...rows].join("\n");
  }
}
