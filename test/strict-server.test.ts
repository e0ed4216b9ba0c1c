// The preparation of the VS Code server that tests run in: every check for proposed APIs is replaced, and only those.
import assert from "node:assert/strict";
import { withStrictProposals } from "../scripts/setup/index.mjs";

const program = (check: string) =>
  `function a(i,t){return!0}${check}function Mx(i,t){if(!Oe(i,t))throw new Error(\`Extension '\${i.identifier.value}' CANNOT use API proposal: \${t}.\`)}`;
const open = "function Oe(i,t){return!0}";

interface Extension {
  readonly enabledApiProposals?: readonly string[];
}

describe("The preparation of the VS Code server", () => {
  it("allows a proposed API only to an extension that declares it", () => {
    const source = withStrictProposals(program(open), "program.js");
    const allowed = new Function(`${source}; return Oe;`)() as (extension: Extension, proposal: string) => boolean;
    assert.equal(allowed({ enabledApiProposals: ["one"] }, "one"), true);
    assert.equal(allowed({ enabledApiProposals: ["one"] }, "two"), false);
    assert.equal(allowed({}, "one"), false);
    assert.ok(source.startsWith("function a(i,t){return!0}"), "another function of the same shape was changed");
  });

  it("can be interrupted and done again", () => {
    const once = withStrictProposals(program(open), "program.js");
    assert.equal(withStrictProposals(once, "program.js"), once);
  });

  it("fails with a sentence where a version of the server has no such check, or more than one", () => {
    assert.throws(() => withStrictProposals(program(""), "program.js"), /program\.js .* 0 checks/);
    assert.throws(() => withStrictProposals(program(open) + program(open), "program.js"), /2 checks/);
  });
});
