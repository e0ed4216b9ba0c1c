// A few lines in each language that code blocks are coloured in, with strings, comments and what runs over lines.

export const samples: Readonly<Record<string, string>> = {
  bash: `#!/usr/bin/env bash
set -euo pipefail
# comment
name="\${1:-world}"
if [[ -f "$name" ]]; then
  echo "hi $name $(date +%s)" | grep -c hi
fi
for f in *.ts; do cat <<EOF
text $f
EOF
done
`,
  c: `#include <stdio.h>
#define MAX(a, b) \\
  ((a) > (b) ? (a) : (b))
/* block
   comment */
int main(int argc, char *argv[]) {
  printf("%d\\n", MAX(1, 0x2F)); // out
  return 0;
}
`,
  cpp: `#include <vector>
template <typename T>
class Stack : public Base {
public:
  void push(const T& item) { items.push_back(item); } // add
  auto raw = R"(a
b)";
private:
  std::vector<T> items{};
};
`,
  csharp: `using System;
namespace App;
/// <summary>Doc</summary>
public record Person(string Name, int Age = 3)
{
    [Obsolete]
    public string Hello() => $"Hi {Name}!"; // end
    string verbatim = @"a
b";
}
`,
  css: `@media (max-width: 600px) {
  .a > #b:hover, p::before {
    color: #ff0000; /* red
    still */
    margin: calc(1px + 2em) auto !important;
  }
}
`,
  dart: `import 'dart:async';
/// Doc *text*
class A extends B {
  final int x = 0x1F;
  Future<void> go() async { print('a \${x + 1} $x'); }
  var s = '''
multi
''';
}
`,
  diff: `diff --git a/x b/x
index 1..2 100644
--- a/x
+++ b/x
@@ -1,2 +1,2 @@
-old
+new
 same
`,
  dockerfile: `FROM node:24 AS build
# comment
ENV A=1 B="two"
RUN apt-get update && \\
    npm ci --omit=dev
COPY . /app
CMD ["node", "a.js"]
`,
  go: `package main

import "fmt"

// Add adds.
func Add(a, b int) (int, error) {
	s := \`raw
string\`
	for i := range 3 { fmt.Println(i, s, 0x1p-2, 'c') }
	return a + b, nil
}
`,
  ini: `; comment
[section]
key = value
number=3
[a.b]
list = ["x", 1, true]
date = 2026-01-01
`,
  java: `package a.b;
import java.util.List;
/** Doc {@link X}
 * @param a x */
@Override
public final class A<T extends B> implements C {
  private static final long X = 10L;
  String text = """
    block
    """;
  public int get(List<String> a) throws E { return a.size() + 0b11; }
}
`,
  javascript: `import { a } from "./a.js";
/** doc
 * @type {string} */
export class A extends B {
  #x = 1n;
  async go({ y = 2 }) { return \`t \${a + \`in \${y}\`} \\n\` + /re[g/]/gi.test("s"); }
}
const f = (x) => html\`<b class="c">\${x}</b>\`;
if (a < b) { throw new Error(null); }
`,
  json: `{
  "a": [1, -2.5e3, true, null],
  "b": { "c": "d\\n\\u00e9" }
}
`,
  kotlin: `package a

/** doc */
@Test
data class A(val x: Int = 1, var y: String?) : B() {
    fun go(): String = "a $x \${y ?: "none"}" // end
    val raw = """
        text
    """
}
`,
  lua: `-- comment
--[[ long
comment ]]
local t = { a = 1, ["b"] = "c" }
function t.go(self, ...)
  if not t.a then return nil end
  print([[raw
string]], #t .. "x")
end
`,
  makefile: `CC := gcc
# comment
.PHONY: all
all: $(OBJ) main.c
	@$(CC) -o $@ $^ $(wildcard *.c)
ifeq ($(X),1)
Y ?= 2
endif
`,
  markdown: `# Title

Text *a* **b** \`c\` [d](e) <b>x</b>

- item
1. two

> quote

\`\`\`js
let a;
\`\`\`

---
`,
  php: `<?php
namespace A;
use B\\C;
/** doc @param */
final class D extends E implements F {
  public function __construct(private ?string $x = null) {}
  function go(): int { echo "a {$this->x} $y[0]"; return <<<EOT
 text $x
EOT; }
}
# comment
?>
<b>html</b>
`,
  powershell: `param([string]$Name = "x")
# comment
<# block
comment #>
function Get-Thing {
  if ($Name -eq "a") { Write-Output "hi $Name $($x.y)" }
  Get-ChildItem -Path . | Where-Object { $_.Length -gt 10 }
}
`,
  python: `from a import b

@decorator(x=1)
class A(B):
    """Doc
    string."""
    async def go(self, x: int = 0x1F) -> dict[str, float]:
        # comment
        return {k: f"a {v!r:>10} {x}" for k, v in b.items() if v is not None}
>>> go()
`,
  r: `# comment
f <- function(x, ...) {
  y <- c(1, 2L, NA, TRUE)
  if (x > 0x10) return("a\\n") else library(dplyr)
  x %>% filter(\`odd name\` == 'b')
}
`,
  ruby: `require 'a'
# comment
=begin
block
=end
module A
  class B < C
    attr_reader :x, :y
    def go!(a = nil, *b, k: 1)
      puts "a #{x + 1} b" if a =~ /re#{y}/i
      %w[a b].each { |s| yield s }
      <<~TEXT
        text #{x}
      TEXT
    end
  end
end
`,
  rust: `use std::fmt;
/// doc
#[derive(Debug)]
pub struct A<'a, T: Clone> { x: &'a str, y: Vec<T> }
impl<'a> A<'a> {
    fn go(&mut self) -> Result<u8, ()> { /* a
 b */ println!("{}", self.x); let c = 'c'; Ok(0xFF_u8) }
}
let r = r#"raw
"string"#;
`,
  scss: `$main: #333;
// comment
@mixin box($x: 1px) { padding: $x; }
.a {
  &:hover { @include box(2px); color: darken($main, 10%); }
  .b & { width: calc(100% - #{$x}); }
}
`,
  sql: `SELECT a.x, COUNT(*) AS n -- comment
FROM "t" a LEFT JOIN b ON a.id = b.id
/* block
comment */
WHERE x > 1.5 AND y LIKE 'it''s%' AND z IS NOT NULL
GROUP BY 1 ORDER BY n DESC;
CREATE TABLE t (id INT PRIMARY KEY, d TIMESTAMP DEFAULT CURRENT_TIMESTAMP);
`,
  swift: `import Foundation
/// doc
@MainActor
struct A<T>: B where T: C {
  var x: Int? = 0x1F
  func go(_ a: String, by b: Int = 1) async throws -> [T] {
    guard let y = x else { return [] } // end
    print("a \\(y + 1) b", #"raw"#, """
    multi
    """)
  }
}
`,
  typescript: `import type { A } from "./a.ts";
/** doc */
export abstract class B<T extends A = never> implements C {
  private readonly x: Map<string, T[]> = new Map();
  async *go(this: B<T>, y?: number): AsyncGenerator<T> { yield* \`a \${y ?? "b"}\`; }
}
enum E { A = 1, B }
type F = keyof typeof x | \`p-\${string}\`;
declare const v: unknown;
const el = <div className="a">{v as string}</div>;
`,
  xml: `<!DOCTYPE html>
<!-- a
comment -->
<html lang="en">
<head><style>
.a { color: red; }
</style>
<script>
const a = "b"; // c
</script></head>
<body onclick='x()'>text &amp; more<br/></body>
</html>
`,
  yaml: `# comment
name: value
list:
  - one
  - "two": 2
anchor: &a { x: 1, y: [true, ~] }
ref: *a
text: |
  block
  text
---
date: 2026-01-01
`,
};
