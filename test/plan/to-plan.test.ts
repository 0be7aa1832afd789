import { describe, expect, it } from 'vitest';
import { delayStep, planOf, podStep, problemsOf } from './specs.js';

describe('toPlan', () => {
  it('runs steps one after the other, and finally after them, unless the order is Graph', () => {
    const plan = planOf({
      steps: [delayStep('a'), delayStep('b'), delayStep('c')],
      finally: [delayStep('y'), delayStep('z')],
    });
    expect(plan.tasks.map(({ name, group, dependsOn, path }) => [name, group, dependsOn, path])).toEqual([
      ['a', 'main', [], 'spec.steps[0]'],
      ['b', 'main', ['a'], 'spec.steps[1]'],
      ['c', 'main', ['b'], 'spec.steps[2]'],
      ['y', 'finally', [], 'spec.finally[0]'],
      ['z', 'finally', ['y'], 'spec.finally[1]'],
    ]);
  });

  it('takes the defaults of the CRD where the API server has not filled them in', () => {
    const plan = planOf({ steps: [podStep('a')] });
    expect(plan).toMatchObject({
      onFailure: 'FailFast',
      parallelism: 10,
      timeoutMs: null,
      ttlMs: 604_800_000,
      serviceAccountName: null,
    });
    const late = { limit: 0, baseMs: 10_000, factor: 2, capMs: 300_000, jitterPercent: 20 };
    expect(plan.tasks[0]).toMatchObject({
      executor: 'pod',
      when: null,
      idempotent: false,
      quoteLogs: true,
      outputs: [],
      timeouts: { startMs: 600_000, runMs: 3_600_000, stopMs: 120_000 },
      retry: { preExecution: { ...late, limit: 5 }, infrastructure: late, execution: { ...late, exitCodes: [] } },
    });
  });

  it('takes how long a step may wait, by reason, and says which duration is none', () => {
    const plan = planOf({
      steps: [podStep('a', { timeouts: { waiting: { Unschedulable: '30m', ImagePull: '1s' } } })],
    });
    expect(plan.tasks[0]?.timeouts.waitingMs).toEqual({ Unschedulable: 1_800_000, ImagePull: 1_000 });
    expect(problemsOf({ steps: [podStep('a', { timeouts: { waiting: { VolumeMount: 'soon' } } })] })).toEqual([
      'spec.steps[0].timeouts.waiting.VolumeMount: "soon" is no duration; write 30s, 5m, 1h30m or 250ms',
    ]);
  });

  it('says the same of a spec with and without its defaults', () => {
    const budget = { limit: 0, base: '10s', factor: 2, cap: '5m', jitterPercent: 20 };
    const bare = podStep('a', { outputs: [{ name: 'x' }] });
    const full = {
      ...podStep('a', { outputs: [{ name: 'x', type: 'string' }] }),
      idempotent: false,
      timeouts: { start: '10m', run: '1h', stop: '2m' },
      retry: { preExecution: { ...budget, limit: 5 }, infrastructure: budget, execution: budget },
      evidence: { logs: 'Tail' },
    };
    const defaults = { order: 'Sequential', onFailure: 'FailFast', parallelism: 10, ttlSecondsAfterFinished: 604_800 };
    expect(planOf({ steps: [full], ...defaults }).digest).toBe(planOf({ steps: [bare] }).digest);
  });

  it('takes the field that is set for the executor, and a text for the only member of its input', () => {
    const job = { spec: { template: { spec: { containers: [{ name: 'main', image: 'busybox' }] } } } };
    const plan = planOf({ steps: [delayStep('a'), podStep('b'), { name: 'c', job }] });
    expect(plan.tasks.map(({ executor, input }) => [executor, input])).toEqual([
      ['delay', { duration: '1s' }],
      ['pod', { spec: { containers: [{ name: 'main', image: 'busybox' }] } }],
      ['job', job],
    ]);
    expect(problemsOf({ steps: [{ name: 'a' }, podStep('b', { delay: '1s' })] })).toEqual([
      'spec.steps[0]: step a: set exactly one of pod, job, delay; none is set',
      'spec.steps[1].delay: step b: set exactly one of pod, job, delay; pod and delay are set',
    ]);
  });

  it('F3: refuses dependencies on unknown, later and own names, with step, name and path', () => {
    const steps = [
      delayStep('snapshot'),
      delayStep('probe', { dependsOn: ['snapshto', 'snapshot'] }),
      delayStep('warm', { dependsOn: ['warm', 'scale'] }),
      delayStep('scale', { dependsOn: ['warm', 'warm'] }),
    ];
    expect(problemsOf({ order: 'Graph', steps })).toEqual([
      'spec.steps[1].dependsOn[0]: step probe depends on snapshto, which is no step; did you mean snapshot?',
      'spec.steps[2].dependsOn[0]: step warm depends on itself',
      'spec.steps[2].dependsOn[1]: step warm depends on scale, which comes later; dependsOn may only name earlier steps',
      'spec.steps[3].dependsOn[1]: step scale names warm twice',
    ]);
  });

  it('F3: refuses a cycle, whose last edge names a later step', () => {
    const steps = [
      delayStep('a', { dependsOn: ['c'] }),
      delayStep('b', { dependsOn: ['a'] }),
      delayStep('c', { dependsOn: ['b'] }),
    ];
    expect(problemsOf({ order: 'Graph', steps })).toEqual([
      'spec.steps[0].dependsOn[0]: step a depends on c, which comes later; dependsOn may only name earlier steps',
    ]);
  });

  it('F4: refuses names that repeat, also between steps and finally, and a spec without steps', () => {
    expect(problemsOf({ steps: [delayStep('a'), delayStep('a')], finally: [delayStep('a')] })).toEqual([
      'spec.steps[1].name: step a has the name of spec.steps[0]',
      'spec.finally[0].name: step a has the name of spec.steps[0]',
    ]);
    expect(problemsOf({ steps: [] })).toEqual(['spec.steps: names no step; a run has at least one']);
    expect(problemsOf({})).toEqual(['spec.steps: names no step; a run has at least one']);
  });

  it.each(['a'.repeat(64), 'a'.repeat(41), 'a.b', 'A', '-a', 'a-', 'a_b', ''])(
    'F5: refuses the step name %j, which cannot be a label',
    (name) => {
      expect(problemsOf({ steps: [{ name, delay: '1s' }] })).toEqual([
        expect.stringMatching(/^spec\.steps\[0\]\.name: .*is no step name/),
      ]);
    },
  );

  it('F5: takes a name of 40 characters', () => {
    expect(problemsOf({ steps: [delayStep('a'.repeat(40))] })).toEqual([]);
  });

  it('refuses dependsOn without order Graph, in finally, and Continue without order Graph', () => {
    const steps = [delayStep('a'), delayStep('b', { dependsOn: ['a'] })];
    expect(problemsOf({ steps, onFailure: 'Continue', finally: [delayStep('z', { dependsOn: ['a'] })] })).toEqual([
      'spec.steps[1].dependsOn: step b: dependsOn needs order: Graph',
      'spec.finally[0].dependsOn: finally steps run one after the other; dependsOn has no meaning there',
      'spec.onFailure: Continue needs order: Graph',
    ]);
  });

  it('refuses more steps, dependencies and outputs than the CRD allows', () => {
    const many = (count: number, prefix: string) =>
      Array.from({ length: count }, (_, index) => delayStep(`${prefix}${index}`));
    const outputs = Array.from({ length: 17 }, (_, index) => ({ name: `o${index}` }));
    const spec = { order: 'Graph', steps: [...many(64, 's'), delayStep('last')], finally: many(17, 'f') };
    expect(problemsOf(spec)).toEqual([
      'spec.steps: may hold at most 64 steps, and holds 65',
      'spec.finally: may hold at most 16 steps, and holds 17',
    ]);
    const wide = delayStep('wide', { dependsOn: many(17, 's').map((step) => step['name'] ?? ''), outputs });
    expect(problemsOf({ order: 'Graph', steps: [...many(17, 's'), wide] })).toEqual([
      'spec.steps[17].outputs: may hold at most 16 outputs, and holds 17',
      'spec.steps[17].dependsOn: may name at most 16 steps, and names 17',
    ]);
  });

  it('refuses backoff that is too short, shrinks or is capped below its base, and late retries of what is not idempotent', () => {
    const retry = {
      preExecution: { base: '999ms', factor: 0.5, cap: '500ms', limit: 20, jitterPercent: 51 },
      infrastructure: { limit: 1 },
      execution: { limit: 1, exitCodes: [0, 75] },
    };
    expect(problemsOf({ steps: [podStep('a', { retry })] }).sort()).toEqual([
      'spec.steps[0].retry.execution.exitCodes[0]: must be between 1 and 255, and is 0',
      'spec.steps[0].retry.execution.limit: retries after user code has run need idempotent: true',
      'spec.steps[0].retry.infrastructure.limit: retries after user code has run need idempotent: true',
      'spec.steps[0].retry.preExecution.base: must be at least 1s',
      'spec.steps[0].retry.preExecution.cap: must be at least base',
      'spec.steps[0].retry.preExecution.factor: must be between 1 and 100, and is 0.5',
      'spec.steps[0].retry.preExecution.jitterPercent: must be between 0 and 50, and is 51',
      'spec.steps[0].retry.preExecution.limit: must be between 0 and 19, and is 20',
    ]);
    expect(problemsOf({ steps: [podStep('a', { retry: { execution: { limit: 1 } }, idempotent: true })] })).toEqual([]);
  });

  it('refuses what is no duration', () => {
    const steps = [
      podStep('a', { timeouts: { start: '10', run: '1 h', stop: '-1s' } }),
      { name: 'b', delay: 'soon' },
      { name: 'c', delay: 30 },
    ];
    expect(problemsOf({ steps, timeout: '1d' })).toEqual([
      'spec.steps[0].timeouts.start: "10" is no duration; write 30s, 5m, 1h30m or 250ms',
      'spec.steps[0].timeouts.run: "1 h" is no duration; write 30s, 5m, 1h30m or 250ms',
      'spec.steps[0].timeouts.stop: "-1s" is no duration; write 30s, 5m, 1h30m or 250ms',
      expect.stringMatching(/^spec\.steps\[1\]\.delay: .*duration/),
      'spec.steps[2].delay: must be a string',
      'spec.timeout: "1d" is no duration; write 30s, 5m, 1h30m or 250ms',
    ]);
  });

  it('refuses whatever would run code of an attempt twice', () => {
    const container = { name: 'main', image: 'busybox' };
    const job = {
      spec: { backoffLimit: 3, template: { spec: { restartPolicy: 'OnFailure', containers: [container] } } },
    };
    const pod = {
      spec: {
        containers: [{ ...container, restartPolicy: 'Always' }],
        initContainers: [
          { ...container, name: 'sidecar', restartPolicy: 'Always' },
          { ...container, name: 'init', restartPolicyRules: [] },
        ],
      },
    };
    expect(
      problemsOf({
        steps: [
          { name: 'a', job },
          { name: 'b', pod },
        ],
      }).sort(),
    ).toEqual([
      'spec.steps[0].job.spec.backoffLimit: step a: a Job that runs its pod again needs idempotent: true',
      'spec.steps[0].job.spec.template.spec.restartPolicy: step a: a Job that runs its pod again needs idempotent: true',
      'spec.steps[1].pod.spec.containers[0].restartPolicy: a container may not restart by itself; an attempt runs once',
      'spec.steps[1].pod.spec.initContainers[1].restartPolicyRules: a container may not restart by itself; an attempt runs once',
    ]);
    expect(problemsOf({ steps: [{ name: 'a', job, idempotent: true }] })).toEqual([]);
  });

  it('has the faults that an executor finds in its input at the path in the spec', () => {
    const pod = { main: ['mian'], spec: { containers: [{ name: 'main', image: 'busybox' }] } };
    expect(problemsOf({ steps: [{ name: 'a', pod }] })).toEqual([
      'spec.steps[0].pod.main[0]: no container is named mian; there are main',
    ]);
  });

  it('reports every fault of a spec, not only the first', () => {
    const steps = [
      podStep(
        'a',
        { when: 'params.nope == 1', retry: { preExecution: { base: '1ms' } } },
        { image: '${params.image}' },
      ),
      podStep('b', { dependsOn: ['zzz'] }, { args: ['${steps.a.outputs.x}'] }),
    ];
    expect(problemsOf({ order: 'graph', steps }).map((problem) => problem.split(':')[0])).toEqual([
      'spec.order',
      'spec.steps[0].retry.preExecution.base',
      'spec.steps[1].dependsOn',
      'spec.steps[1].dependsOn[0]',
      'spec.steps[0].pod.spec.containers[0].image',
      'spec.steps[1].pod.spec.containers[0].args[0]',
      'spec.steps[0].when',
    ]);
  });

  it('drops null, as the API server does', () => {
    expect(
      problemsOf({ timeout: null, finally: null, steps: [delayStep('a', { when: null, dependsOn: null })] }),
    ).toEqual([]);
  });

  it('F47: the same spec has the same plan and digest, another has another', () => {
    const spec = { steps: [delayStep('a'), delayStep('b')] };
    expect(planOf(structuredClone(spec))).toEqual(planOf(spec));
    expect(planOf({ ...spec, parallelism: 2 }).digest).not.toBe(planOf(spec).digest);
  });
});
