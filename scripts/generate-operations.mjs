// Writes the tables of flags and metrics into docs/operations.md, from the command line's own list of options and the
// controller's own registry. `--check` changes nothing and fails when they are stale.
import { build } from 'esbuild';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const PAGE = 'docs/operations.md';
const { createProgram, createMetrics } = await load();

async function load() {
  // Below node_modules, so that the bundle finds the packages.
  mkdirSync('node_modules/.cache', { recursive: true });
  const folder = mkdtempSync(join('node_modules', '.cache', 'operations-'));
  try {
    const outfile = join(folder, 'operations.mjs');
    await build({
      stdin: {
        contents:
          "export { createProgram } from './src/cli/program.ts'; export { createMetrics } from './src/server/metrics.ts';",
        resolveDir: process.cwd(),
      },
      bundle: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
      outfile,
      logLevel: 'error',
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function row(cells) {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
}

function table(head, rows) {
  return [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
}

function flagsOf(command) {
  return command.options.filter(({ hidden }) => !hidden);
}

function flagRow({ flags, description, defaultValue, defaultValueDescription, mandatory, argChoices }) {
  // Some descriptions tell the default themselves.
  const [, text, told] = /^(.*?)(?: \(default: ([^;)]*)(?:; \w+)?\))?$/s.exec(description);
  const shown = defaultValueDescription ?? told ?? plainDefault(defaultValue);
  const variable = /; (LOCKSTEP_\w+)\)$/.exec(description)?.[1];
  const choices = argChoices === undefined ? '' : `: ${argChoices.map((choice) => `\`${choice}\``).join(', ')}`;
  return [
    flags
      .split(', ')
      .map((flag) => `\`${flag}\``)
      .join(', '),
    mandatory ? '*required*' : shown,
    `${text}${choices}${variable === undefined ? '' : `; also \`${variable}\``}`,
  ];
}

function plainDefault(value) {
  if (value === undefined || value === false || value === '') return '';
  if (Array.isArray(value) && value.length === 0) return '';
  return `\`${value}\``;
}

/** Commands and those below them, by what is typed behind `lockstep`. */
function commandsOf(parent, path = '') {
  return parent.commands.flatMap((command) => {
    const name = `${path}${command.name()}`;
    return [{ name, command }, ...commandsOf(command, `${name} `)];
  });
}

function flagTables() {
  const program = createProgram(() => undefined);
  const alike = new Map();
  for (const { name, command } of commandsOf(program)) {
    const rows = flagsOf(command).map(flagRow);
    if (rows.length === 0) continue;
    const text = table(['flag', 'default', 'meaning'], rows);
    alike.set(text, [...(alike.get(text) ?? []), name]);
  }
  return [
    'Of every command:',
    table(
      ['flag', 'default', 'meaning'],
      [...flagsOf(program).map(flagRow), ['`-h`, `--help`', '', 'tell what there is']],
    ),
    ...[...alike].flatMap(([text, names]) => [`${names.map((name) => `\`lockstep ${name}\``).join(', ')}:`, text]),
  ].join('\n\n');
}

function metricTable() {
  const { registry } = createMetrics('x');
  return table(
    ['metric', 'type', 'labels', 'meaning'],
    registry
      .getMetricsAsArray()
      .map(({ name, type, labelNames, help }) => [
        `\`${name}\``,
        type,
        labelNames.map((label) => `\`${label}\``).join(', '),
        help,
      ]),
  );
}

/** The page with its part between two comments made anew. */
function withPart(page, name, text) {
  const [begin, end] = [
    `<!-- ${name}: made by scripts/generate-operations.mjs; do not edit -->`,
    `<!-- end of ${name} -->`,
  ];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${PAGE} has no place for the ${name}: ${begin} … ${end}`);
  return `${page.slice(0, from)}${begin}\n\n${text}\n\n${page.slice(to)}`;
}

const old = readFileSync(PAGE, 'utf8');
const text = withPart(withPart(old, 'flags', flagTables()), 'metrics', metricTable());
if (text !== old) {
  if (process.argv.includes('--check')) {
    const have = new Set(old.split('\n'));
    const want = new Set(text.split('\n'));
    console.error(`stale: ${PAGE}\nrun: npm run generate`);
    for (const line of text.split('\n')) if (!have.has(line)) console.error(`missing: ${line}`);
    for (const line of old.split('\n')) if (!want.has(line)) console.error(`too much: ${line}`);
    process.exitCode = 1;
  } else writeFileSync(PAGE, text);
}
