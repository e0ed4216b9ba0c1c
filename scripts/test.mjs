// `npm test`: sets everything up, runs every suite, prints failures in full and closes with one line of sums.
import { parseArgs } from "node:util";
import { build } from "./setup/build.mjs";
import { ensureFonts, ensurePrograms } from "./setup/debian.mjs";
import { prepare } from "./setup/packages.mjs";
import { main, SetupError, say, secondsSince } from "./setup/project.mjs";
import { checks, endToEnd, insideEditor, pages, unit } from "./setup/suites.mjs";

const help = `npm test -- [--unit] [--editor] [--page] [--e2e] [--desktop] [--grep <words>]
  --unit     types, lint and unit tests only
  --editor   the tests inside the extension host only
  --page     the tests of the webviews' pages only, in a browser without VS Code
  --e2e      the end-to-end tests only, in windows of VS Code
  --desktop  the tests inside the extension host only, in VS Code desktop
  --grep     only tests with these words in their titles`;

const suites = {
  checks: { name: "Types and lint", option: "unit", body: checks },
  unit: { name: "Unit tests", option: "unit", body: unit },
  pages: { name: "Page tests", option: "page", body: pages },
  editor: { name: "Tests inside VS Code", option: "editor", needsBuild: true, body: insideEditor },
  endToEnd: { name: "End-to-end tests", option: "e2e", needsBuild: true, body: endToEnd },
};

/**
 * Stages run one after another; the lanes of a stage run at the same time, the suites of a lane one after another. The
 * tests inside VS Code mostly wait, so beside them is room for what computes. Two browsers or two windows at a time take
 * both cores of a small machine.
 */
const stages = [[[suites.editor], [suites.checks, suites.unit]], [[suites.pages]], [[suites.endToEnd]]];

await main(async () => {
  const begin = performance.now();
  const names = ["unit", "editor", "page", "e2e", "desktop", "help"];
  const switches = Object.fromEntries(names.map((name) => [name, { type: "boolean" }]));
  const { values } = parseArgs({ options: { ...switches, grep: { type: "string" } } });
  if (values.help) return say(help);
  const options = { ...values, editor: values.editor || values.desktop };
  const all = !["unit", "editor", "page", "e2e"].some((name) => options[name]);
  const isChosen = (suite) => all || options[suite.option] === true;
  const chosen = Object.values(suites).filter(isChosen);
  const parts = [];
  const timed = async (name, body) => {
    const start = performance.now();
    const result = await body();
    parts.push(`${name} ${secondsSince(start)}`);
    return result;
  };

  await timed("Packages", () => prepare(import.meta.url));
  const sum = { passed: 0, skipped: 0, failed: 0 };
  const buildTrouble = await timed("Programs and build", async () => {
    if (chosen.includes(suites.unit)) await ensurePrograms();
    if (chosen.some((suite) => suite.needsBuild || suite === suites.pages)) await ensureFonts();
    return chosen.some((suite) => suite.needsBuild) ? build().catch((error) => error) : undefined;
  });
  const runLane = async (lane) => {
    for (const suite of lane.filter(isChosen)) {
      add(sum, suite.name, await timed(suite.name, () => runSuite(suite, options, buildTrouble)));
    }
  };
  for (const lanes of stages) await Promise.all(lanes.map(runLane));
  say(`\n${parts.join("\n")}\nTogether ${secondsSince(begin)}`);
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
