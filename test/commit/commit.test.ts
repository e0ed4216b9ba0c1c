import assert from "node:assert/strict";
import fc from "fast-check";
import { isGenerated, isSecret, parseDiff } from "../../src/commit/diff-text.ts";
import { type Change, commitQuestion } from "../../src/commit/prompt.ts";
import { commitText } from "../../src/commit/text.ts";
import { textOf } from "../../src/core/message.ts";
import { estimateTokens } from "../../src/money/estimate.ts";

const diffOf = (path: string, lines: readonly string[]): string =>
  [
    `diff --git a/${path} b/${path}`,
    "index 1111111..2222222 100644",
    `--- a/${path}`,
    `+++ b/${path}`,
    `@@ -1 +1,${lines.length} @@`,
    ...lines,
    "",
  ].join("\n");

const change = (more: Partial<Change>): Change => ({
  diff: "",
  untracked: [],
  recentSubjects: [],
  note: "",
  locale: "en",
  ...more,
});
const told = (more: Partial<Change>): string => textOf(commitQuestion(change(more))!.messages[0]!);

describe("a diff", () => {
  it("is taken apart by file, with its counts", () => {
    const files = parseDiff(
      diffOf("src/a b.ts", ["-old", "+new", "+diff --git a/x b/x", " same"]) + diffOf("c.ts", ["+c"]),
    );
    assert.deepEqual(
      files.map(({ path, added, removed }) => ({ path, added, removed })),
      [
        { path: "src/a b.ts", added: 2, removed: 1 },
        { path: "c.ts", added: 1, removed: 0 },
      ],
    );
    assert.match(files[0]!.text, /^diff --git a\/src\/a b\.ts[\s\S]* same$/);
  });

  it("gives the names of removed, renamed, empty, binary and non-ASCII files", () => {
    const cases: [string, string][] = [
      [
        "diff --git a/gone.ts b/gone.ts\ndeleted file mode 100644\n--- a/gone.ts\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n",
        "gone.ts",
      ],
      ["diff --git a/old.ts b/new.ts\nsimilarity index 100%\nrename from old.ts\nrename to new.ts\n", "new.ts"],
      ["diff --git a/an empty b/an empty\nnew file mode 100644\nindex 0000000..e69de29\n", "an empty"],
      ["diff --git a/i.png b/i.png\nindex 1..2 100644\nBinary files a/i.png and b/i.png differ\n", "i.png"],
      [
        'diff --git "a/\\354\\233\\220.ts" "b/\\354\\233\\220.ts"\n--- "a/\\354\\233\\220.ts"\n+++ "b/\\354\\233\\220.ts"\n@@ -1 +1 @@\n-a\n+b\n',
        "원.ts",
      ],
      ["diff --cc both.ts\nindex 1,2..3\n--- a/both.ts\n+++ b/both.ts\n@@@ -1,1 -1,1 +1,1 @@@\n++x\n", "both.ts"],
    ];
    for (const [text, path] of cases) assert.equal(parseDiff(text)[0]?.path, path);
    assert.equal(parseDiff(cases[3]![0])[0]?.withheld, "binary");
  });

  it("knows files that hold secrets, and files that programs write", () => {
    for (const path of [
      ".env",
      "a/.env.local",
      "prod.env",
      "key.pem",
      "deploy/id_rsa",
      "id_ed25519",
      ".npmrc",
      "x/secrets.yml",
      "prod.tfvars",
      "prod.auto.tfvars.json",
      "terraform.tfstate",
      "terraform.tfstate.backup",
      ".git-credentials",
      ".dockerconfigjson",
      "kubeconfig",
      "prod.kubeconfig",
      "service-account.json",
      "serviceAccountKey.json",
    ])
      assert.ok(isSecret(path), path);
    for (const path of [
      "environment.ts",
      "service-account.ts",
      "main.tf",
      "keys.ts",
      "src/secret-santa.ts",
      "monkey.ts",
      "env/index.ts",
    ])
      assert.ok(!isSecret(path), path);
    for (const path of [
      "package-lock.json",
      "a/yarn.lock",
      "pnpm-lock.yaml",
      "Cargo.lock",
      "go.sum",
      "npm-shrinkwrap.json",
      "a.min.js",
    ])
      assert.ok(isGenerated(path), path);
    for (const path of ["clock.json", "lock.ts", "block.yaml", "map.ts"]) assert.ok(!isGenerated(path), path);
  });
});

describe("the question for a commit message", () => {
  it("holds the change, the recent messages and what the author noted", () => {
    const text = told({
      diff: diffOf("a.ts", ["+new"]),
      recentSubjects: ["버그 수정"],
      note: " about taxes ",
      untracked: ["b.ts"],
    });
    assert.match(text, /```\n버그 수정\n```/);
    assert.match(text, /```\nabout taxes\n```/);
    assert.match(text, /a\.ts \+1 -0\nb\.ts \(new\)/);
    assert.match(text, /```diff\ndiff --git a\/a\.ts[\s\S]*\+new\n```/);
  });

  it("follows the recent messages, and the editor's language where there are none", () => {
    const diff = diffOf("a.ts", ["+new"]);
    assert.match(commitQuestion(change({ diff, recentSubjects: ["a"] }))!.system, /Follow the recent messages/);
    assert.match(commitQuestion(change({ diff, locale: "ja" }))!.system, /Japanese/);
  });

  it("is none where nothing has changed", () => {
    assert.equal(commitQuestion(change({})), undefined);
  });

  it("never holds what stands in a secret file, also one that was renamed", () => {
    const renamed =
      "diff --git a/.env b/config.txt\nrename from .env\nrename to config.txt\n--- a/.env\n+++ b/config.txt\n@@ -1 +1 @@\n-K=hush1\n+K=hush2\n";
    const diff =
      diffOf(".env", ["+KEY=hush3"]) + renamed + diffOf("package-lock.json", ["+hush4"]) + diffOf("a.ts", ["+shown"]);
    const inSource = diffOf("fixture.ts", ['+const key = "-----BEGIN RSA PRIVATE KEY-----', "+hush5"]);
    const question = commitQuestion(change({ diff: diff + inSource }))!;
    const text = textOf(question.messages[0]!);
    assert.doesNotMatch(text, /hush/);
    assert.match(text, /\+shown/);
    assert.match(text, /\.env \+1 -0 \(not shown\)/);
    assert.match(text, /package-lock\.json \+1 -0 \(generated, not shown\)/);
    assert.deepEqual(question.secrets, [".env", "config.txt", "fixture.ts"]);
  });

  it("sends small files whole and cuts large ones, in their order and within the budget", () => {
    const large = Array.from({ length: 5000 }, (_, at) => `+const value${at} = ${at};`);
    const diff = diffOf("large1.ts", large) + diffOf("small.ts", ["+small"]) + diffOf("large2.ts", large);
    const text = told({ diff });
    assert.match(
      text,
      /large1[\s\S]*more lines\]\ndiff --git a\/small[\s\S]*\+small\ndiff --git a\/large2[\s\S]*more lines\]/,
    );
    assert.ok(estimateTokens(text) < 9000);
    assert.ok(estimateTokens(text) > 6000);
  });

  it("keeps within any context window, whatever the change", () => {
    const file = fc.tuple(
      fc.constantFrom("a", "b/c", "d e"),
      fc.array(fc.string().map((text) => `+${text.replace(/[\r\n]/g, "")}`)),
    );
    fc.assert(
      fc.property(
        fc.array(file, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 2000, max: 4000 }),
        (files, contextWindow) => {
          const diff = files.map(([path, lines]) => diffOf(path, lines)).join("");
          assert.ok(estimateTokens(told({ diff, contextWindow })) <= contextWindow);
        },
      ),
    );
  });

  it("names the first of very many files", () => {
    const untracked = Array.from({ length: 1000 }, (_, at) => `file${at}`);
    const text = told({ untracked });
    assert.match(text, /file199 \(new\)\nand 800 more/);
    assert.doesNotMatch(text, /file200 /);
  });
});

describe("the message in an answer", () => {
  const cases: [answer: string, message: string][] = [
    ["Add a table\n\nIt was missing.", "Add a table\n\nIt was missing."],
    ["```\nAdd a table\n```", "Add a table"],
    ["```text\nAdd a table\n\nBody\n```\n", "Add a table\n\nBody"],
    ["Here is the message:\n\n```\nAdd a table\n```\nI hope it fits.", "Add a table"],
    ['"Add a table"', "Add a table"],
    ["“표를 추가”", "표를 추가"],
    ['"Add" button reads "Save"', '"Add" button reads "Save"'],
    ["`a` is gone", "`a` is gone"],
    ["fix: run `npm test`", "fix: run `npm test`"],
    ["  \nfix\n", "fix"],
    ["Fix a\r\n\r\n\tbody\rend", "Fix a\n\n\tbody\nend"],
    ["Fix \u202e\u2066a \u001b[31m\u0007b\u009b", "Fix a [31mb"],
  ];
  for (const [answer, message] of cases) {
    it(`is ${JSON.stringify(message)} of ${JSON.stringify(answer)}`, () => assert.equal(commitText(answer), message));
  }

  it("shows no part of a fence while it grows", () => {
    const answer = "```\nAdd a table\n\nIt was missing.\n```";
    for (let length = 0; length <= answer.length; length++) {
      const shown = commitText(answer.slice(0, length));
      assert.ok("Add a table\n\nIt was missing.".startsWith(shown), JSON.stringify(shown));
    }
  });
});
