/** The settings of package.json are those that the schemas describe, and every word about them is there. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { root } from "../scripts/setup/index.mjs";
import { settingProperties } from "../scripts/setup/manifest.mjs";
import { settings } from "../src/models/settings-schema.ts";

const read = (name: string) => JSON.parse(readFileSync(join(root, name), "utf8"));

describe("the settings", () => {
  const properties = read("package.json").contributes.configuration.properties;

  it("of package.json are those of the schemas", () => {
    assert.deepEqual(properties, settingProperties(), "run npm run settings");
  });

  it("say what they are for", () => {
    for (const [name, property] of Object.entries<Record<string, unknown>>(properties))
      assert.ok(property.description ?? property.markdownDescription, name);
  });

  it("are, as they are by default, what their schemas take", () => {
    for (const [name, setting] of Object.entries(settings)) {
      if (setting.default !== "") assert.ok(v.safeParse(setting.schema, setting.default).success, name);
    }
  });
});
