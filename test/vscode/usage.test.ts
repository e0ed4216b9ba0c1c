/** Money in the extension host: what a turn cost reads the same everywhere, and a budget holds for all windows. */
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as vscode from "vscode";
import { formatAmount } from "../../src/core/format.ts";
import { createLedger } from "../../src/money/ledger.ts";
import type { LedgerEntry } from "../../src/money/ledger-entry.ts";
import { createLedgerFolder } from "../../src/money/ledger-folder.ts";
import { addAmounts } from "../../src/money/money.ts";
import { chatStream } from "../support/chat.ts";
import { outcome, paid } from "../support/outcomes.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { activate, command, configure, type Handle, lastMessage, until } from "./support/editor.ts";

describe("Usage in the editor", () => {
  let handle: Handle;
  let server: TestServer;
  let folder: string;

  const ask = async (): Promise<void> => {
    await command("runnel.newChat");
    const document = await vscode.workspace.openTextDocument({ content: "let a = 1;\n", language: "javascript" });
    await vscode.window.showTextDocument(document);
    await command("runnel.explainSelection");
  };
  const exported = async (format: string): Promise<string> => {
    const path = join(folder, `usage.${format}`);
    assert.equal(await command("runnel.exportUsage", { format, path }), path);
    return readFile(path, "utf8");
  };

  before(async () => {
    handle = await activate();
    folder = await mkdtemp(join(tmpdir(), "runnel-usage-"));
    server = await startServer(
      chatStream(["It ", "works."], { usage: { prompt_tokens: 100, completion_tokens: 50 }, delayMs: 40 }),
    );
    await configure({
      providers: [
        {
          id: "paid",
          protocol: "openai-chat",
          baseUrl: `${server.url}/v1`,
          models: [{ id: "m", price: { input: 20.1, output: 44 } }],
        },
      ],
      chatModel: "paid/m",
    });
  });

  after(async () => {
    await configure({ providers: undefined, chatModel: undefined, budget: undefined });
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("says what a turn cost in the status bar, the message, the report and the exports, to the last digit", async () => {
    await ask();
    const amount = 0.00421;
    assert.equal(lastMessage(handle)?.measures?.cost?.amount, amount);
    assert.match(handle.meter().text, /· \$0\.0042$/);
    const csv = await exported("csv");
    assert.match(csv, /^time,provider,model,purpose,outcome,ttft_ms,/);
    const row = csv.trimEnd().split("\r\n").at(-1)!.split(",");
    assert.deepEqual(row.slice(1, 5), ["paid", "m", "explain", "completed"]);
    assert.deepEqual(row.slice(7, 11), ["100", "", "50", ""]);
    assert.deepEqual(row.slice(12), [String(amount), "USD", "computed"]);
    const entries = JSON.parse(await exported("json")) as LedgerEntry[];
    assert.equal(entries.at(-1)?.cost?.amount, amount);
    const dollars = entries.flatMap(({ cost }) => (cost?.currency === "USD" ? [cost.amount] : []));
    const { tooltip } = handle.meter();
    const today = /\| Today \| ~?([^ |]*)/.exec(tooltip.replaceAll("\\", ""))?.[1];
    assert.equal(today, formatAmount(addAmounts(...dollars), "USD"));
    const page = await handle.usagePage();
    const total = page.total.amounts.find(({ currency }) => currency === "USD");
    assert.equal(total?.amount, addAmounts(...dollars));
    const model = page.byTarget.find(({ name }) => name === "paid/m");
    assert.equal((model?.amounts[0]?.amount ?? 0) / (model?.turns ?? 1), amount);
    assert.ok(page.elsewhere.some(({ name, origin }) => name === "paid/m" && origin === "settings"));
    assert.ok(page.elsewhere.some(({ origin }) => origin === "table"));
    assert.match(tooltip, /This month/);
    assert.match(tooltip, /p50/);
  });

  it("shows the report as a tab of the editor area, once", async () => {
    const tabs = () =>
      vscode.window.tabGroups.all
        .flatMap((group) => group.tabs)
        .filter(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith("runnel.usage"));
    await command("runnel.showUsage");
    await command("runnel.showUsage");
    await until("the report is shown", () => tabs().length === 1);
    await vscode.window.tabGroups.close(tabs());
  });

  it("takes in the ledger of another machine once", async () => {
    const other = createLedger({ files: createLedgerFolder(join(folder, "other")) });
    await other.record(outcome({ usage: { inputTokens: 1 } }));
    const path = join(folder, "other", `ledger-${new Date().toISOString().slice(0, 7)}.jsonl`);
    assert.deepEqual(await command("runnel.importUsage", { path }), { added: 1, known: 0, unreadable: 0 });
    assert.deepEqual(await command("runnel.importUsage", { path }), { added: 0, known: 1, unreadable: 0 });
  });

  it("blocks the next question when another window used up the budget, until the budget is raised", async () => {
    await configure({ budget: { daily: 100, onExceeded: "block" } });
    await ask();
    assert.equal(lastMessage(handle)?.state, "complete");
    const otherWindow = createLedger({ files: createLedgerFolder(handle.usageFolder) });
    await otherWindow.record(paid(100));
    const before = server.requests.length;
    await ask();
    assert.equal(lastMessage(handle)?.state, "failed");
    assert.equal(lastMessage(handle)?.error?.details.reason, "budget");
    assert.equal(server.requests.length, before, "nothing left");
    await configure({ budget: { daily: 1000 } });
    await ask();
    assert.equal(lastMessage(handle)?.state, "complete");
    assert.match(handle.meter().tooltip, /Budget/);
  });
});
