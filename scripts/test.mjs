// `npm test`: sets everything up, runs every suite, prints failures in full and closes with one line of sums.
import { parseArgs } from "node:util";
import { build } from "./setup/build.mjs";
import { ensureFonts, ensurePrograms } from "./setup/debian.mjs";
import { prepare } from "./setup/packages.mjs";
import { main, SetupError, say, secondsSince } from "./setup/project.mjs";
import { checks, endToEnd, insideEditor, unit } from "./setup/suites.mjs";

const help = `npm test -- [--unit] [--editor] [--e2e] [--desktop]
  --unit     types, lint and unit tests only
  --editor   the tests inside the extension host only
  --e2e      the end-to-end tests only
  --desktop  the tests inside the extension host only, in VS Code desktop`;

/** In the order they run; `--unit` is the first two. */
const suites = [
  { name: "Types and lint", option: "unit", body: checks },
  { name: "Unit tests", option: "unit", body: unit },
  { name: "Tests inside VS Code", option: "editor", needsBuild: true, body: insideEditor },
  { name: "End-to-end tests", option: "e2e", needsBuild: true, body: endToEnd },
];

await main(async () => {
  const names = ["unit", "editor", "e2e", "desktop", "help"];
  const { values } = parseArgs({ options: Object.fromEntries(names.map((name) => [name, { type: "boolean" }])) });
  if (values.help) return say(help);
  const options = { ...values, editor: values.editor || values.desktop };
  const all = !options.unit && !options.editor && !options.e2e;
  await prepare(import.meta.url);
  const chosen = suites.filter((suite) => all || options[suite.option]);
  const sum = { passed: 0, skipped: 0, failed: 0 };
  if (chosen.some(({ option }) => option === "unit")) await ensurePrograms();
  let buildTrouble;
  if (chosen.some((suite) => suite.needsBuild)) {
    await ensureFonts();
    buildTrouble = await build().catch((error) => error);
  }
  for (const suite of chosen) add(sum, suite.name, await runSuite(suite, options, buildTrouble));
  const skipped = sum.skipped > 0 ? `, ${sum.skipped} skipped` : "";
  say(`\n${sum.passed} passed, ${sum.failed} failed${skipped}`);
  process.exit(sum.failed > 0 ? 1 : 0);
});

async function runSuite(suite, options, buildTrouble) {
  say(`\n${suite.name} …`);
  const begin = performance.now();
  try {
    if (suite.needsBuild && buildTrouble) throw buildTrouble;
    return await suite.body(options);
  } catch (error) {
    // A suite that cannot even begin counts as one failure, and the others still run.
    const text = error instanceof SetupError ? error.message : (error.stack ?? String(error));
    return { passed: 0, skipped: 0, failures: [{ title: "the suite itself", error: text }] };
  } finally {
    say(`${suite.name}: ${secondsSince(begin)}`);
  }
}

function add(sum, name, { passed, skipped, failures }) {
  sum.passed += passed;
  sum.skipped += skipped;
  sum.failed += failures.length;
  for (const { title, error } of failures) {
    say(`\nFAILED ${name} › ${title}\n${error.trim().replace(/^/gm, "    ")}`);
  }
}
