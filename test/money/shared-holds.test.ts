/** What running turns may cost, told from one process to another through files. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "../../src/core/logger.ts";
import { createSharedHolds } from "../../src/money/shared-holds.ts";

describe("what running turns of other windows may cost", () => {
  let folder: string;

  beforeEach(async () => {
    folder = join(await mkdtemp(join(tmpdir(), "runnel-holds-")), "running");
  });
  afterEach(() => rm(join(folder, ".."), { recursive: true, force: true }));

  it("is told while the turn runs, and forgotten when its process is killed", async () => {
    const place = `import { createSharedHolds } from ${JSON.stringify(new URL("../../src/money/shared-holds.ts", import.meta.url).href)};
      await createSharedHolds(${JSON.stringify(folder)}, console).place("one", { amount: 0.5, currency: "USD" });
      console.log("placed");
      setInterval(() => {}, 1000);`;
    const other = spawn(process.execPath, ["--input-type=module", "-e", place], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      await once(other.stdout, "data");
      const holds = createSharedHolds(folder, silentLogger);
      assert.deepEqual(await holds.others(), [{ amount: 0.5, currency: "USD" }]);
      other.kill("SIGKILL");
      await once(other, "exit");
      assert.deepEqual(await holds.others(), []);
      assert.deepEqual(await readdir(folder), []);
    } finally {
      other.kill("SIGKILL");
    }
  });

  it("leaves out this process's own, and is gone when it is lifted", async () => {
    const holds = createSharedHolds(folder, silentLogger);
    assert.deepEqual(await holds.others(), []);
    await holds.place("one", { amount: 1, currency: "USD" });
    assert.equal((await readdir(folder)).length, 1);
    assert.deepEqual(await holds.others(), []);
    await holds.lift("one");
    assert.deepEqual(await readdir(folder), []);
  });

  it("stops nobody where a file is garbage or there is no folder to be had", async () => {
    await mkdir(folder);
    await writeFile(join(folder, `${process.ppid}-torn.json`), '{"amount":');
    await writeFile(join(folder, "notes.txt"), "");
    assert.deepEqual(await createSharedHolds(folder, silentLogger).others(), []);
    const nowhere = createSharedHolds(join(folder, "notes.txt"), silentLogger);
    await nowhere.place("one", { amount: 1, currency: "USD" });
    assert.deepEqual(await nowhere.others(), []);
  });
});
