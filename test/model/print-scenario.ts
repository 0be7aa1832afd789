import { inspect } from 'node:util';
import type { History } from './history.js';
import { happeningsOf, scriptsOf, specOf } from './scenario-of.js';

/**
 * A history as the text of a scenario, for a file in test/crash/scenarios. How it ends is for whoever pastes it to say:
 * it is a history that has gone wrong.
 */
export function printScenario(history: History, name: string): string {
  const happenings = happeningsOf(history).map(({ afterMs, deed }) => `    happens(${afterMs}, ${literal(deed)}),`);
  return [
    "// import { happens } from '../../model/deeds.js';",
    "// import { byStep } from './containers.js';",
    '{',
    `  name: ${literal(name)},`,
    ...(history.order === 'Graph' ? ['  concurrent: true,'] : []),
    `  spec: ${indented(literal(specOf(history)))},`,
    `  script: byStep(${indented(literal(scriptsOf(history)))}),`,
    ...(happenings.length === 0 ? [] : ['  happenings: [', ...happenings, '  ],']),
    "  ends: { phase: '', steps: {}, starts: {} }, // fill in how it should end",
    '},',
  ].join('\n');
}

function literal(value: unknown): string {
  return inspect(value, { depth: null, breakLength: 110, compact: 4, maxArrayLength: null, maxStringLength: null });
}

function indented(text: string): string {
  return text.replaceAll('\n', '\n  ');
}
