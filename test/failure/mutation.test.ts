import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isJsonObject, type Json, type JsonObject } from '../../src/api/json.js';
import { judge, NO_CONTEXT, type Judgement } from '../../src/failure/index.js';
import { corpus, inventedCases, retryIsUnsafe, type CorpusCase } from './corpus.js';

const cases = [...corpus(), ...inventedCases()];
const anyCase = fc.constantFrom(...cases);

function judged(input: JsonObject): Judgement {
  return judge(input, NO_CONTEXT);
}

/** What must not change: all but the wording and the order of citations. */
function essence(judgement: Judgement): unknown {
  if (judgement.outcome === 'Succeeded') return judgement;
  const { reason, subreason, stage, retryable, effects, container, exitCode, signal, message } = judgement.verdict;
  return { reason, subreason, stage, retryable, effects, container, exitCode, signal, message };
}

/** Paths of every event, condition, container status and whole auxiliary object: what evidence may lack. */
function droppable(input: JsonObject): (readonly (string | number)[])[] {
  const paths: (readonly (string | number)[])[] = [];
  const walk = (value: Json | undefined, path: readonly (string | number)[]): void => {
    if (Array.isArray(value)) {
      const list: readonly Json[] = value;
      list.forEach((item, index) => {
        if (
          /^(?:events|taskRuns|conditions|containerStatuses|initContainerStatuses|steps|taints)$/.test(
            String(path.at(-1)),
          )
        )
          paths.push([...path, index]);
        walk(item, [...path, index]);
      });
    } else if (isJsonObject(value)) for (const [key, item] of Object.entries(value)) walk(item, [...path, key]);
  };
  walk(input, []);
  return [
    ...paths,
    ...['node', 'events', 'job', 'pipelineRun', 'taskRuns'].filter((key) => key in input).map((key) => [key]),
  ];
}

function without(value: Json | undefined, [head, ...rest]: readonly (string | number)[]): Json {
  if (Array.isArray(value)) {
    const list: readonly Json[] = value;
    return list.flatMap((item, index) => (index !== head ? [item] : rest.length === 0 ? [] : [without(item, rest)]));
  }
  if (!isJsonObject(value)) return value ?? null;
  const entries = Object.entries(value).flatMap(([key, item]) =>
    key !== head ? [[key, item]] : rest.length === 0 ? [] : [[key, without(item, rest)]],
  );
  return Object.fromEntries(entries) as JsonObject;
}

describe('evidence that lacks a part', () => {
  it('never makes a retry look safe that is not', () => {
    const faults: string[] = [];
    for (const one of cases) {
      for (const path of droppable(one.input)) {
        const judgement = judged(without(one.input, path) as JsonObject);
        // A kubelet refuses what never ran there in the same words as what had ended: only the status itself tells.
        const indistinct = judgement.outcome === 'Failed' && judgement.verdict.reason === 'AdmissionRejected';
        if (indistinct && path.includes('containerStatuses')) continue;
        if (judgement.outcome === 'Failed' && judgement.verdict.retryable && retryIsUnsafe(one.expect)) {
          faults.push(
            `${one.id} without ${path.join('.')}: ${judgement.verdict.reason}/${judgement.verdict.subreason ?? ''} ${judgement.verdict.stage}`,
          );
        }
      }
    }
    expect(faults).toEqual([]);
  });

  it('never turns a failure into a success', () => {
    const faults: string[] = [];
    for (const one of cases) {
      // The status of a container itself may be all that tells: without it nothing is left to contradict a success.
      for (const path of droppable(one.input).filter(
        (steps) => !steps.includes('containerStatuses') && !steps.includes('steps'),
      )) {
        if (judged(without(one.input, path) as JsonObject).outcome === 'Succeeded')
          faults.push(`${one.id} without ${path.join('.')}`);
      }
    }
    expect(faults).toEqual([]);
  });
});

describe('the order of evidence', () => {
  const shuffled = (list: readonly Json[], seed: number): Json[] =>
    list
      .map((item, index) => ({ item, key: Math.sin(seed * (index + 1)) }))
      .sort((a, b) => a.key - b.key)
      .map(({ item }) => item);

  const shuffleDeep = (value: Json | undefined, seed: number, key = ''): Json => {
    if (Array.isArray(value)) {
      const list: readonly Json[] = value;
      const items = list.map((item) => shuffleDeep(item, seed, ''));
      return /^(?:events|containerStatuses|initContainerStatuses|containers|conditions|taskRuns)$/.test(key)
        ? shuffled(items, seed)
        : items;
    }
    if (!isJsonObject(value)) return value ?? null;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, shuffleDeep(item, seed, name)]));
  };

  it('of events, containers and conditions changes nothing', () => {
    fc.assert(
      fc.property(anyCase, fc.integer({ min: 1, max: 10_000 }), (one, seed) => {
        expect(essence(judged(shuffleDeep(one.input, seed) as JsonObject))).toEqual(essence(judged(one.input)));
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('evidence of others', () => {
  const foreign: readonly JsonObject[] = cases.flatMap(({ input }) =>
    Array.isArray(input['events']) ? (input['events'] as JsonObject[]) : [],
  );

  /** An event of some other pod, Job or node. */
  const stranger = fc.constantFrom(...foreign).map((event) => {
    const involved = isJsonObject(event['involvedObject']) ? event['involvedObject'] : {};
    return {
      ...event,
      involvedObject: { ...involved, name: `stranger-${JSON.stringify(involved['name'])}`, uid: 'stranger' },
    };
  });

  it('changes nothing', () => {
    fc.assert(
      fc.property(anyCase, fc.array(stranger, { minLength: 1, maxLength: 5 }), (one, strangers) => {
        if (!('pod' in one.input) && !('job' in one.input)) return;
        const events = [
          ...(Array.isArray(one.input['events']) ? (one.input['events'] as JsonObject[]) : []),
          ...strangers,
        ];
        expect(essence(judged({ ...one.input, events }))).toEqual(essence(judged(one.input)));
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('words without a meaning of their own', () => {
  const words = fc.constantFrom(
    'OOMKilled',
    'timeout',
    'forbidden',
    'quota',
    'evicted',
    'DeadlineExceeded',
    'ImagePullBackOff',
    'not found',
    'Preempted',
    'unauthorized',
    'secret',
    'x509',
  );

  const rename = (value: Json | undefined, from: string, to: string): Json =>
    JSON.parse(
      JSON.stringify(value ?? null)
        .split(from)
        .join(to),
    ) as Json;

  it('in the names of objects change nothing', () => {
    fc.assert(
      fc.property(anyCase, words, (one, word) => {
        const meta = [one.input['pod'], one.input['job']].find(isJsonObject)?.['metadata'];
        const name = isJsonObject(meta) && typeof meta['name'] === 'string' ? meta['name'] : '';
        if (name.length < 8) return;
        const before = judged(one.input);
        const after = judged(
          rename(one.input, name, `${name}-${word.toLowerCase().replaceAll(' ', '-')}`) as JsonObject,
        );
        expect(verdictOnly(after)).toEqual(verdictOnly(before));
      }),
      { numRuns: 1_000 },
    );
  });

  it('in what a program printed change nothing but, at most, the subreason', () => {
    fc.assert(
      fc.property(anyCase, words, (one, word) => {
        const text = JSON.stringify(one.input);
        // Only containers that ran print; what the runtime says of a failed start is its own word.
        const printed = text.replace(/("reason":"Error",(?:"message":"[^"]*",)?)/g, (match) =>
          match.includes('"message"')
            ? match.replace(/"message":"/, `"message":"${word} `)
            : `${match}"message":"${word}",`,
        );
        const [before, after] = [judged(one.input), judged(JSON.parse(printed) as JsonObject)];
        expect({ ...verdictOnly(after), subreason: '' }).toEqual({ ...verdictOnly(before), subreason: '' });
      }),
      { numRuns: 1_000 },
    );
  });

  const RBAC =
    'Error from server (Forbidden): pods is forbidden: User \\"system:serviceaccount:a:b\\" cannot list resource \\"pods\\" in API group \\"\\" in the namespace \\"a\\"';

  it('mean nothing short of the whole sentence of the API server', () => {
    const failed = cases.find(({ expect: want, input }) => {
      const text = JSON.stringify(input);
      return (
        want.reason === 'TaskFailed' && want.subreason === 'ExitNonZero' && /"reason":"Error","message":"/.test(text)
      );
    });
    const reasonWith = (words: string): string => {
      const text = JSON.stringify(failed?.input ?? {});
      const after = judged(
        JSON.parse(
          text.replace(/("reason":"Error","message":")[^"]*"/g, (_, head: string) => `${head}${words}"`),
        ) as JsonObject,
      );
      return after.outcome === 'Failed' ? after.verdict.reason : after.outcome;
    };
    expect(reasonWith(RBAC)).toBe('Forbidden');
    fc.assert(
      fc.property(fc.integer({ min: 1, max: RBAC.length - 60 }), (cut) => {
        // Cut anywhere before the namespace, and never within an escaped quote.
        const part = RBAC.slice(0, cut).replace(/\\+$/, '');
        if (!/cannot list resource/.test(part)) expect(reasonWith(part)).toBe('TaskFailed');
      }),
    );
  });

  function verdictOnly(judgement: Judgement): Record<string, unknown> {
    if (judgement.outcome === 'Succeeded') return { outcome: 'Succeeded' };
    const { reason, subreason, stage, retryable, effects, container, exitCode } = judgement.verdict;
    return { reason, subreason, stage, retryable, effects, container, exitCode };
  }
});

describe('a verdict', () => {
  it('fits the bounds of the status', () => {
    for (const one of cases) {
      const judgement = judged(one.input);
      if (judgement.outcome === 'Succeeded') continue;
      const { verdict } = judgement;
      expect(verdict.message.length).toBeLessThanOrEqual(1_024);
      expect(verdict.evidence.length).toBeLessThanOrEqual(16);
      expect(
        verdict.evidence.every(
          (item) => item.value.length <= 512 && item.path.length <= 300 && item.source.length <= 300,
        ),
      ).toBe(true);
      expect(new Set(verdict.evidence.map((item) => item.id)).size).toBe(verdict.evidence.length);
    }
  });

  it('is retryable only where nothing of the attempt may still run', () => {
    const faults = cases.flatMap((one: CorpusCase) => {
      const judgement = judged(one.input);
      return judgement.outcome === 'Failed' && judgement.verdict.retryable && judgement.verdict.mayStillRun === true
        ? [one.id]
        : [];
    });
    expect(faults).toEqual([]);
  });
});
