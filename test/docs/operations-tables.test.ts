import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../src/cli/program.js';
import { createMetrics } from '../../src/server/metrics.js';

const PAGE = readFileSync('docs/operations.md', 'utf8');
const PROGRAM = createProgram(() => undefined);
const GENERATE = 'run: npm run generate';

/** The cells of a part's tables that begin with code, by their heading line. */
function rowsOf(part: string): readonly (readonly string[])[] {
  const begin = PAGE.indexOf(`<!-- ${part}:`);
  const text = PAGE.slice(begin, PAGE.indexOf(`<!-- end of ${part} -->`));
  return text
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map(cellsOf);
}

function cellsOf(line: string): readonly string[] {
  return line
    .slice(2, -2)
    .split(' | ')
    .map((cell) => cell.trim());
}

function words(cell = ''): readonly string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word);
}

/** The flags that stand under `lockstep NAME` (empty: of every command). */
function flagsInPage(): ReadonlyMap<string, readonly string[]> {
  const flags = new Map<string, string[]>();
  let commands: readonly string[] = [];
  for (const line of PAGE.slice(PAGE.indexOf('<!-- flags:'), PAGE.indexOf('<!-- end of flags -->')).split('\n')) {
    if (line === 'Of every command:') commands = [''];
    else if (line.startsWith('`lockstep ')) commands = words(line).map((text) => text.replace('lockstep ', ''));
    else if (line.startsWith('| `'))
      for (const command of commands)
        flags.set(command, [...(flags.get(command) ?? []), words(cellsOf(line)[0]).join(', ')]);
  }
  return flags;
}

function optionsOf(command: Command): readonly string[] {
  return command.options.filter(({ hidden }) => !hidden).map(({ flags }) => flags);
}

/** Commands and those below them, by what is typed behind `lockstep`. */
function commandsOf(parent: Command, path = ''): readonly (readonly [string, Command])[] {
  return parent.commands.flatMap((command) => {
    const name = `${path}${command.name()}`;
    return [[name, command] as const, ...commandsOf(command, `${name} `)];
  });
}

const COMMANDS = commandsOf(PROGRAM);

describe('the flags in docs/operations.md', () => {
  const inPage = flagsInPage();

  it.each(COMMANDS)('lockstep %s: those that it has, and no others', (name, command) => {
    expect(inPage.get(name) ?? [], GENERATE).toEqual(optionsOf(command));
  });

  it('of every command: the same', () => {
    expect(inPage.get(''), GENERATE).toEqual([...optionsOf(PROGRAM), '-h, --help']);
  });

  it('no command that there is not', () => {
    const known = ['', ...COMMANDS.map(([name]) => name)];
    expect([...inPage.keys()].filter((name) => !known.includes(name))).toEqual([]);
  });
});

describe('what the page says to type', () => {
  const typed = [...PAGE.matchAll(/(?:^|\| |`|do )lockstep ([a-z-]+)([^\n`|]*)/gm)].map(
    ([text, name = '', rest = '']) => ({
      text: text.replace(/^[`|] ?/, ''),
      name,
      rest,
      flags: [...rest.replace(/'[^']*'/g, '').matchAll(/(?<= )--?[a-z][a-z-]*/g)].map(([flag]) => flag),
    }),
  );

  it.each(typed.map((each) => [each.text, each] as const))(
    '%s: a command, with flags that it has',
    (_text, { name, rest, flags }) => {
      const [, command] =
        COMMANDS.find(([each]) => each === `${name} ${rest.trim().split(' ')[0] ?? ''}`) ??
        COMMANDS.find(([each]) => each === name) ??
        [];
      expect(command, `there is no command ${name}`).toBeDefined();
      const known = [...PROGRAM.options, ...(command?.options ?? [])].flatMap(({ short, long }) => [short, long]);
      expect(flags.filter((flag) => !known.includes(flag))).toEqual([]);
    },
  );
});

interface Registered {
  readonly name: string;
  readonly type: string;
  readonly labelNames: readonly string[];
}

/** prom-client has the names of the labels on each metric, and not in its types. */
function registered(metric: object): readonly Registered[] {
  const labels: unknown = Reflect.get(metric, 'labelNames');
  const { name, type } = metric as { readonly name: string; readonly type: string };
  return [{ name, type, labelNames: Array.isArray(labels) ? labels.map(String) : [] }];
}

const METRICS = createMetrics('test').registry.getMetricsAsArray().flatMap(registered);

describe('the metrics in docs/operations.md', () => {
  it('those that the registry declares, with type and labels, and no others', () => {
    const inPage = rowsOf('metrics').map(([name, type, labels]) => ({
      name: words(name)[0],
      type,
      labels: words(labels),
    }));
    const declared = METRICS.map(({ name, type, labelNames }) => ({ name, type, labels: labelNames }));
    expect(declared.length).toBeGreaterThan(5);
    expect(inPage, GENERATE).toEqual(declared);
  });

  it('alerts ask for metrics that there are, by labels that they have', () => {
    const [, rules = ''] = /```yaml\n(groups:[^]*?)```/.exec(PAGE) ?? [];
    const { groups } = parse(rules) as { groups: readonly { rules: readonly { alert: string; expr: string }[] }[] };
    const alerts = groups.flatMap((group) => group.rules);
    expect(alerts.length).toBeGreaterThan(5);
    for (const { alert, expr } of alerts) {
      const [, name = '', selector = ''] =
        /([a-z]+(?:_[a-z]+)+)(?:\{([^}]*)\})?(?=[ )\[]|$)/.exec(expr.replace(/\w+_over_time/, '')) ?? [];
      const metric = METRICS.find((each) => each.name === name.replace(/_(count|sum|bucket)$/, ''));
      expect(metric, `${alert} asks for ${name}`).toBeDefined();
      const asked = [
        ...[...selector.matchAll(/(\w+)=/g)].map(([, label = '']) => label),
        ...(/by \((\w+)\)/.exec(expr)?.slice(1) ?? []),
      ];
      expect(
        asked.filter((label) => metric?.labelNames.includes(label) !== true),
        alert,
      ).toEqual([]);
    }
  });
});

describe('what the page says that logs and probes say', () => {
  const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join('src', name), 'utf8'))
    .join('\n');
  const told = [...PAGE.matchAll(/(?:log|says) `([^`]+)`/g)].map(([, text = '']) => text);

  it.each(told)('%s', (text) => {
    expect(sources.includes(text), `nothing in src says "${text}"`).toBe(true);
  });
});
