/** Models are found by what a person types, among as many as there may be. */
import assert from "node:assert/strict";
import { countModels, findModels, mergeModels } from "../../src/models/model-search.ts";
import type { ModelInfo } from "../../src/providers/provider/provider.ts";
import { configure } from "../support/run.ts";

const config = configure({ id: "one", name: "First", baseUrl: "http://127.0.0.1/v1" });
const other = configure({ id: "two", name: "Second", baseUrl: "http://127.0.0.1/v1" });
const many = (count: number): ModelInfo[] => Array.from({ length: count }, (_, at) => ({ id: `vendor/model-${at}` }));

describe("a search for models", () => {
  const groups = [
    { config, models: [{ id: "gpt-a", name: "GPT A" }, { id: "llama" }] },
    { config: other, models: [{ id: "gpt-b" }] },
  ];
  const idsOf = async (typed: string, most = 10, first?: { provider: string; model: string }) => {
    const found = await findModels(groups, typed, { most, first });
    return [...found.groups.flatMap(({ models }) => models.map(({ id }) => id)), found.more];
  };

  it("looks for each word, in id, name and provider", async () => {
    assert.deepEqual(await idsOf(""), ["gpt-a", "llama", "gpt-b", 0]);
    assert.deepEqual(await idsOf("  GPT "), ["gpt-a", "gpt-b", 0]);
    assert.deepEqual(await idsOf("second gpt"), ["gpt-b", 0]);
    assert.deepEqual(await idsOf("none"), [0]);
  });

  it("says how many there are beside those it gives", async () => {
    assert.deepEqual(await idsOf("gpt", 1), ["gpt-a", 1]);
    assert.deepEqual(await idsOf("", 1, { provider: "two", model: "gpt-b" }), ["gpt-a", "gpt-b", 1]);
  });

  it("goes through 200,000 models in slices, and stops when it is not wanted any more", async () => {
    const large = [{ config, models: await mergeModels([{ id: "vendor/model-7", name: "Own" }], many(200_000)) }];
    assert.equal(countModels(large), 200_000);
    let turns = 0;
    let isOver = false;
    const count = (): void => {
      turns++;
      if (!isOver) setImmediate(count);
    };
    count();
    const found = await findModels(large, "model 199999", { most: 200 });
    isOver = true;
    assert.deepEqual(found.groups[0]!.models, [{ id: "vendor/model-199999" }]);
    assert.ok(turns > 1);
    const abort = new AbortController();
    const search = findModels(large, "x", { most: 200, signal: abort.signal });
    abort.abort();
    await assert.rejects(search, { name: "AbortError" });
  });

  it("takes what settings say before what the server says", async () => {
    const listed = [{ id: "a", name: "Server's", contextWindow: 5 }, { id: "b" }];
    assert.deepEqual(await mergeModels([{ id: "a", name: "Own" }], listed), [
      { id: "a", name: "Own", contextWindow: 5 },
      { id: "b" },
    ]);
  });
});
