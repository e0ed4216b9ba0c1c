/** The code in the demo provider's answers does what the answers say it does. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { long } from "../support/long.ts";
import { answerFile, folder, sample } from "./client.ts";

describe("demo answers", () => {
  const code = (markdown: string) => /^```\w+\n([\s\S]*)```$/.exec(markdown)![1]!;
  let copy: string;

  beforeEach(async () => {
    copy = await mkdtemp(join(tmpdir(), "runnel-demo-"));
    await cp(join(folder, "workspace"), copy, { recursive: true });
  });
  afterEach(() => rm(copy, { recursive: true }));

  /** The sample module with its function, from `start` on, replaced by that of an answer. */
  async function withAnswer(path: string, start: string, name: string) {
    const original = await sample(path);
    const target = join(copy, path.replace(/\.ts$/, `-${name}.ts`));
    await writeFile(target, original.slice(0, original.indexOf(start)) + code(await answerFile(name)));
    return import(pathToFileURL(target).href);
  }

  it("a refactored or documented cart costs the same; a fixed one is taxed after the coupon", async () => {
    const { cartTotal } = await import(pathToFileURL(join(folder, "workspace/src/cart.ts")).href);
    const load = async (name: string) => (await withAnswer("src/cart.ts", "export function cartTotal", name)).cartTotal;
    const [refactored, documented, fixed] = await Promise.all(["refactor-cart", "document-cart", "fix-cart"].map(load));
    const coupon = { code: "C", percentOff: 10, minimum: 4000 };
    const item = (category: string, unitPrice: number, quantity: number) => ({ category, unitPrice, quantity });
    for (const country of ["KR", "JP", "DE", "US"]) {
      for (const category of ["book", "food", "other"]) {
        for (const quantity of [-1, 0, 1, 9, 10, 25]) {
          const items = [item(category, 537, quantity), item("food", 299, 3)];
          for (const used of [undefined, coupon]) {
            assert.equal(refactored(items, used, country), cartTotal(items, used, country));
            assert.equal(documented(items, used, country), cartTotal(items, used, country));
          }
          assert.equal(fixed(items, undefined, country), cartTotal(items, undefined, country));
        }
      }
    }
    assert.equal(fixed([], undefined, "KR"), 0);
    assert.equal(fixed([item("other", 10_000, 1)], coupon, "KR"), 9900);
    const example = [item("book", 2400, 1), item("food", 300, 10)];
    assert.equal(cartTotal(example, coupon, "KR"), 5500, "the example of explain-cart.md");
  });

  it("a refactored retry tries as often as before; a fixed one as often as asked", async () => {
    const tries: Record<string, number> = {};
    for (const name of ["refactor-retry", "document-retry", "fix-retry"]) {
      const { retry } = await withAnswer("src/retry.ts", "export async function retry", name);
      let count = 0;
      const failing = () => Promise.reject(new Error(`failure ${++count}`));
      await assert.rejects(retry(failing, { attempts: 3, baseDelayMs: 1 }), { message: /failure [34]/ });
      assert.equal(await retry(async () => "done", { attempts: 1, baseDelayMs: 1 }), "done");
      tries[name] = count;
    }
    assert.deepEqual(tries, { "refactor-retry": 4, "document-retry": 4, "fix-retry": 3 });
  });

  long.it("the scripted tests pass on the sample", async () => {
    const run = async (subject: string) => {
      const file = join(copy, "src", `${subject}.test.ts`);
      await writeFile(file, code(await answerFile(`tests-${subject}`)));
      await promisify(execFile)(process.execPath, ["--test", file], { cwd: copy });
    };
    await Promise.all(["cart", "retry"].map(run));
  });

  it("no answer is empty, torn, or leaves a fence open", async () => {
    for (const name of await readdir(join(folder, "answers"))) {
      const text = await answerFile(name.replace(/\.md$/, ""));
      assert.ok(text.length > 0 && !text.includes("\uFFFD"), name);
      assert.equal((text.match(/^```/gm) ?? []).length % 2, 0, name);
    }
  });
});
