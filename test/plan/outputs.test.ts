import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { outputsTooLarge, parseOutputs } from '../../src/plan/outputs.js';
import type { OutputDeclaration } from '../../src/plan/plan.js';

const DECLARED: readonly OutputDeclaration[] = [
  { name: 'count', type: 'integer' },
  { name: 'ok', type: 'boolean' },
];
const task = { path: 'spec.steps[2]', outputs: DECLARED };

function problemsOf(messages: Readonly<Record<string, string>>, outputs = DECLARED): string[] {
  const parsed = parseOutputs({ ...task, outputs }, messages);
  return parsed.ok ? [] : parsed.problems.map((problem) => `${problem.path}: ${problem.message}`);
}

describe('parseOutputs', () => {
  it('takes what is declared from the termination message', () => {
    expect(parseOutputs(task, { main: '{"count": 3, "ok": true}\n' })).toEqual({
      ok: true,
      value: { count: 3, ok: true },
    });
  });

  it('takes the messages of several main containers together', () => {
    expect(parseOutputs(task, { a: '{"count": 3}', b: '{"ok": false}', c: '' })).toEqual({
      ok: true,
      value: { count: 3, ok: false },
    });
    expect(problemsOf({ a: '{"count": 3, "ok": true}', b: '{"ok": false}' })).toEqual([
      'spec.steps[2].outputs: containers a and b both wrote output ok',
    ]);
  });

  it('takes nothing of a step that declares nothing, whatever it wrote', () => {
    expect(parseOutputs({ ...task, outputs: [] }, { main: 'bye' })).toEqual({ ok: true, value: {} });
  });

  it('P7: refuses what is undeclared, missing, of another type or no JSON object', () => {
    expect(problemsOf({ main: '{"count": 3, "ok": true, "more": 1}' })).toEqual([
      'spec.steps[2].outputs: container main wrote output "more", which is not declared; declared: count, ok',
    ]);
    expect(problemsOf({ main: '{"count": 3}' })).toEqual(['spec.steps[2].outputs[1]: output ok was not written']);
    expect(problemsOf({})).toEqual([
      'spec.steps[2].outputs[0]: output count was not written',
      'spec.steps[2].outputs[1]: output ok was not written',
    ]);
    expect(problemsOf({ main: '{"count": 3.5, "ok": "true"}' })).toEqual([
      'spec.steps[2].outputs[0]: output count must be an integer, not the number 3.5',
      'spec.steps[2].outputs[1]: output ok must be a boolean, not a string',
    ]);
    expect(problemsOf({ main: 'done' })).toEqual([
      'spec.steps[2].outputs: container main wrote a termination message that is no JSON',
    ]);
    expect(problemsOf({ main: '[1]' })).toEqual([
      'spec.steps[2].outputs: container main wrote a list as its termination message, not a JSON object',
    ]);
    expect(problemsOf({ main: '{"count": 1e999, "ok": true}' })).toEqual([
      'spec.steps[2].outputs[0]: output count must be an integer, not the number Infinity',
    ]);
  });

  it('does not quote what it could not read: it may be a secret', () => {
    expect(problemsOf({ main: 'password=hunter2' }).join()).not.toContain('hunter2');
  });

  it('P7: says that a message was cut where it has the 4096 bytes that the kubelet keeps', () => {
    const text: readonly OutputDeclaration[] = [{ name: 'text', type: 'string' }];
    const fits = JSON.stringify({ text: 'é'.repeat(2042) });
    expect(new TextEncoder().encode(fits).length).toBe(4095);
    expect(problemsOf({ main: fits }, text)).toEqual([]);
    expect(problemsOf({ main: `{"text":"${'x'.repeat(4087)}` }, text)).toEqual([
      'spec.steps[2].outputs: container main wrote a termination message that is no JSON; it has 4096 bytes, so that it was probably cut',
    ]);
    expect(problemsOf({ main: `${fits}  ` }, text)).toEqual([
      'spec.steps[2].outputs: container main wrote 4097 bytes as its termination message; 4096 are allowed',
    ]);
  });

  it('gives exactly the declared outputs, of their types, or problems, for any message', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.record({ count: fc.jsonValue(), ok: fc.jsonValue() }).map((value) => JSON.stringify(value)),
        ),
        (message) => {
          const parsed = parseOutputs(task, { main: message });
          if (!parsed.ok) expect(parsed.problems.length).toBeGreaterThan(0);
          else
            expect(Object.entries(parsed.value).map(([name, value]) => [name, typeof value])).toEqual([
              ['count', 'number'],
              ['ok', 'boolean'],
            ]);
        },
      ),
    );
  });
});

describe('outputsTooLarge', () => {
  it('refuses what would take the outputs of a run over 64 KiB', () => {
    const four = { text: 'x'.repeat(4_085) };
    const earlier = new Map(Array.from({ length: 15 }, (_, index) => [`s${index}`, four]));
    expect(outputsTooLarge(task, four, { earlier })).toBeNull();
    earlier.set('s15', four);
    expect(outputsTooLarge(task, four, { earlier })).toEqual({
      path: 'spec.steps[2].outputs',
      message: "the run's outputs would be 69632 bytes, more than 65536",
    });
  });
});
