import assert from "node:assert/strict";
import { nearestTo, testFilesOf } from "../../../src/edit/prompt/test-file.ts";

describe("the test file of a source file", () => {
  const rows: [path: string, firstName: string, newPath: string][] = [
    ["src/total.ts", "total.test.ts", "src/total.test.ts"],
    ["total.js", "total.test.js", "total.test.js"],
    ["src/Cart.vue", "Cart.test.ts", "src/Cart.test.ts"],
    ["app/total.py", "test_total.py", "tests/test_total.py"],
    ["pkg/total.go", "total_test.go", "pkg/total_test.go"],
    ["lib/total.rb", "total_spec.rb", "spec/total_spec.rb"],
    ["src/main/java/a/Total.java", "TotalTest.java", "src/test/java/a/TotalTest.java"],
    ["a/Total.cs", "TotalTests.cs", "a/TotalTests.cs"],
    ["lib/src/total.dart", "total_test.dart", "test/src/total_test.dart"],
    ["lib/total.ex", "total_test.exs", "test/total_test.exs"],
    ["src/total.cpp", "total_test.cpp", "tests/total_test.cpp"],
    ["src/total.zig", "total_test.zig", "src/total_test.zig"],
    ["bin/run", "run_test", "bin/run_test"],
    ["my.module.ts", "my.module.test.ts", "my.module.test.ts"],
  ];
  for (const [path, firstName, newPath] of rows) {
    it(`has the name its language is used to: ${path}`, () => {
      const found = testFilesOf(path);
      assert.equal(found.names[0], firstName);
      assert.equal(found.newPath, newPath);
    });
  }

  it("is the file itself where that is one already", () => {
    for (const path of ["src/a.test.ts", "a.spec.js", "tests/test_a.py", "a_test.go", "x/ATest.java"]) {
      assert.deepEqual(testFilesOf(path), { names: [path.slice(path.lastIndexOf("/") + 1)], newPath: path });
    }
  });

  it("is not mistaken for one by a name that only sounds like it", () => {
    for (const path of ["src/latest.ts", "src/contest.py", "src/testimony.go"])
      assert.notEqual(testFilesOf(path).newPath, path);
  });

  it("is the one of several whose folders are most like the file's own", () => {
    const found = ["other/test/a.test.ts", "packages/one/test/a.test.ts", "packages/two/test/a.test.ts"];
    assert.equal(nearestTo("packages/two/src/a.ts", found), "packages/two/test/a.test.ts");
    assert.equal(nearestTo("a.ts", ["deep/down/a.test.ts", "a.test.ts"]), "a.test.ts");
    assert.equal(nearestTo("a.ts", []), undefined);
  });
});
