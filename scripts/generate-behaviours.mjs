// Writes docs/behaviours.md: each behaviour that Lockstep promises, the tests whose titles begin with its id, and how
// they ended. It runs those tests. A behaviour without a test, or with one that does not pass, fails the script.
// `--check` changes nothing and fails when the page is stale. `--report FILE`: does not run them, but reads how they ended from
// a report of all tests (LOCKSTEP_TEST_REPORT=FILE npm test).
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { COLLECTED, COLLECTED_NOT_APPLYING } from './behaviours/collected.mjs';
import { REVIEW_CORRECTNESS, REVIEW_CORRECTNESS_NOT_APPLYING } from './behaviours/review-correctness.mjs';
import { REVIEW_RUNTIME, REVIEW_RUNTIME_NOT_APPLYING } from './behaviours/review-runtime.mjs';

const PAGE = 'docs/behaviours.md';
/** An id as the title of a test has it; rules of the design review stand there without the word review. */
const ID = '(?:F|kubernaut |[CNW])[0-9]+';
const IDS = `${ID}(?:, ${ID})*`;
const TITLE = new RegExp(`^(${IDS}): (.*)$`, 's');

/** What must be tested: id → [the situation, what Lockstep does]. */
const BEHAVIOURS = { ...COLLECTED, ...REVIEW_CORRECTNESS, ...REVIEW_RUNTIME };

/** What is left out of a behaviour, or a behaviour that has no place here, and why. */
const DOES_NOT_APPLY = {
  ...COLLECTED_NOT_APPLYING,
  ...REVIEW_CORRECTNESS_NOT_APPLYING,
  ...REVIEW_RUNTIME_NOT_APPLYING,
};

const { values: options } = parseArgs({ options: { check: { type: 'boolean' }, report: { type: 'string' } } });
const tests = (options.report === undefined ? runTests() : readReport(options.report, 'no report')).sort(byIdThenPlace);
const problems = [
  ...Object.keys(BEHAVIOURS)
    .filter((id) => !tests.some((test) => test.id === id))
    .map((id) => `${id} has no test: give a test a title that begins with "${id.replace('review ', '')}: "`),
  ...tests
    .filter(({ outcome }) => outcome !== 'passed')
    .map(({ id, title, file }) => `${id} is not fulfilled: ${file}: ${title}`),
];
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
else update(page());

/** Runs the test files that have titles with an id, and gives those tests in a fixed order. */
function runTests() {
  const folder = mkdtempSync(join(tmpdir(), 'behaviours-'));
  try {
    const report = join(folder, 'report.json');
    const args = [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--reporter=json',
      // Whether a behaviour holds is asked here, not how fast the machine is.
      '--testTimeout=120000',
      `--outputFile=${report}`,
      ...filesWithIds(),
    ];
    const { error, stderr } = spawnSync(process.execPath, [...args, '-t', `${IDS}: `], {
      encoding: 'utf8',
    });
    if (error) throw error;
    return readReport(report, stderr);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function filesWithIds() {
  return readdirSync('test', { recursive: true })
    .filter((name) => name.endsWith('.test.ts') && !name.startsWith('long/'))
    .map((name) => join('test', name))
    .filter((file) => new RegExp(`['"\`]${IDS}: `).test(readFileSync(file, 'utf8')));
}

function readReport(report, stderr) {
  let results;
  try {
    results = JSON.parse(readFileSync(report, 'utf8')).testResults;
  } catch (error) {
    throw new Error(`the tests left no report: ${stderr}`, { cause: error });
  }
  return results.flatMap(({ name, message, assertionResults }) => {
    if (assertionResults.length === 0) throw new Error(`${name} could not be run: ${message}`);
    return assertionResults.flatMap(({ title, status }) => {
      const [, ids = '', rest] = TITLE.exec(title) ?? [];
      return ids
        .split(', ')
        .map((id) => id.replace(/^[CNW]/, 'review $&'))
        .filter((id) => id in BEHAVIOURS)
        .map((id) => ({ id, title: rest, file: relative('.', name), outcome: status }));
    });
  });
}

function byIdThenPlace(a, b) {
  const place = ({ id, file, title }) => [Object.keys(BEHAVIOURS).indexOf(id), file, title];
  const [one, other] = [place(a), place(b)];
  return one[0] - other[0] || (one[1] === other[1] ? compare(one[2], other[2]) : compare(one[1], other[1]));
}

function compare(a, b) {
  return a < b ? -1 : Number(a > b);
}

function page() {
  return `# Behaviours

<!-- Made by scripts/generate-behaviours.mjs, which runs the tests; do not edit. -->

What Lockstep does in situations that were collected from its predecessors (F: zen-flow and sei; kubernaut), whether they
did the same or not, and in those that a review of its design asked about (review: C correctness, W writes, N the
runtime). \`npm run behaviours\` runs the tests and writes this page; CI fails when a behaviour has no test, or one that
does not pass.

| Id | When | Lockstep |
|---|---|---|
${Object.entries(BEHAVIOURS)
  .map(([id, [when, then]]) => row([id, when, then]))
  .join('\n')}

## Tests

| Id | Test | File | Outcome |
|---|---|---|---|
${tests.map(({ id, title, file, outcome }) => row([id, title, `\`${file}\``, outcome])).join('\n')}

## What does not apply

| Behaviour | Why |
|---|---|
${Object.entries(DOES_NOT_APPLY).map(row).join('\n')}
`;
}

function row(cells) {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
}

function update(text) {
  let old = '';
  try {
    old = readFileSync(PAGE, 'utf8');
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  if (old === text) return;
  if (options.check) {
    console.error(`stale: ${PAGE}\nrun: npm run behaviours`);
    process.exitCode = 1;
  } else writeFileSync(PAGE, text);
}
