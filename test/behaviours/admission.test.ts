import { readFileSync, readdirSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { type JsonObject, isJsonObject } from '../../src/api/json.js';
import { encodeStatus } from '../../src/status/encode.js';
import { fitStatus } from '../../src/status/fit.js';
import { arbitraryRunState } from '../support/arbitrary-run-state.js';
import { NAMESPACE } from '../support/embedded/embedded-cluster.js';
import { container, delayStep, podStep, workflow } from '../support/embedded/steps.js';
import { ENDS_WELL, EmbeddedWorld, RUNS, podsOf } from '../support/embedded-world.js';

let world: EmbeddedWorld;
afterEach(() => world.stop());

async function refusal(spec: JsonObject): Promise<string> {
  try {
    await world.createRun(spec);
  } catch (error) {
    return String(error);
  }
  throw new Error(`the API server took ${JSON.stringify(spec)}`);
}

describe('what the API server takes', () => {
  // A DAG whose steps may only name earlier ones has no cycle; so a cycle is refused as the edge that closes it.
  it('F3: a cycle, an unknown step and a step itself are refused, with step names and the path', async () => {
    world = await EmbeddedWorld.withoutController();
    const graph = (...steps: readonly JsonObject[]) => workflow(steps, { order: 'Graph' });
    expect(await refusal(graph(podStep('a', { dependsOn: ['b'] }), podStep('b', { dependsOn: ['a'] })))).toMatch(
      /spec\.steps.*step a: dependsOn may only name earlier steps, not b/,
    );
    expect(await refusal(graph(podStep('a'), podStep('b', { dependsOn: ['ghost'] })))).toMatch(
      /spec\.steps.*step b: dependsOn may only name earlier steps, not ghost/,
    );
    expect(await refusal(graph(podStep('a', { dependsOn: ['a'] })))).toMatch(
      /spec\.steps.*step a: dependsOn may only name earlier steps, not a/,
    );
  });

  it('F4: names that repeat and a run without steps are refused', async () => {
    world = await EmbeddedWorld.withoutController();
    expect(await refusal(workflow([podStep('a'), podStep('a')]))).toMatch(/spec\.steps\[1\].*Duplicate value/);
    expect(await refusal(workflow([]))).toMatch(/spec\.steps.*should have at least 1 items/);
  });

  // The design's limit is 40, since the name is also part of an object's label.
  it('F5: a step name that is no label is refused', async () => {
    world = await EmbeddedWorld.withoutController();
    expect(await refusal(workflow([podStep('x'.repeat(64))]))).toMatch(/spec\.steps\[0\]\.name/);
    expect(await refusal(workflow([podStep('a.b')]))).toMatch(/spec\.steps\[0\]\.name/);
  });

  it('F27: a value with quotes and braces arrives byte for byte in args and env', async () => {
    const value = `{"a": "b's", 'c': [1]} $(HOME) \${params.x} \\n\nline %s ü`;
    const seen: { argv: readonly string[]; env: string | undefined }[] = [];
    const script = (
      _step: string,
      _attempt: number,
      launch: { argv: readonly string[]; env: Readonly<Record<string, string>> },
    ) => {
      seen.push({ argv: launch.argv, env: launch.env['VALUE'] });
      return ENDS_WELL;
    };
    world = await EmbeddedWorld.start({ script });
    const one = container('a', {
      args: ['--value=${params.value}'],
      env: [{ name: 'VALUE', value: '${params.value}' }],
    });
    const run = await world.createRun(
      workflow([{ name: 'a', pod: { spec: { containers: [one] } } }], { parameters: [{ name: 'value', value }] }),
    );
    expect((await world.runToEnd(run)).status?.phase).toBe('Succeeded');
    expect(seen).toEqual([{ argv: ['a', `--value=${value}`], env: value }]);
  });

  it('F33: the shipped examples are accepted by strict validation, and nothing of them is pruned', async () => {
    world = await EmbeddedWorld.withoutController();
    for (const file of readdirSync('examples').filter((name) => name.endsWith('.yaml'))) {
      const objects = parseAllDocuments(readFileSync(`examples/${file}`, 'utf8')).map(
        (document) => document.toJS() as unknown,
      );
      for (const object of objects.filter(isJsonObject)) {
        if (object['kind'] !== 'WorkflowExecution') continue;
        const sent = { ...object, metadata: { name: 'example', namespace: NAMESPACE } };
        const { status, body } = await world.cluster.server.handle({
          method: 'POST',
          path: `/apis/lockstep.dev/v1alpha1/namespaces/${NAMESPACE}/workflowexecutions`,
          query: { fieldValidation: 'Strict', dryRun: 'All' },
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(sent),
        });
        expect(status, `${file}: ${JSON.stringify(body)}`).toBe(201);
        expect(JSON.parse(typeof body === 'string' ? body : '')).toMatchObject({ spec: object['spec'] });
      }
    }
  });

  it('F33: every value that the status vocabulary has can be stored, and comes back as it was', async () => {
    world = await EmbeddedWorld.withoutController();
    const run = await world.createRun(workflow([delayStep('a', '0s')]));
    const { client } = world.cluster;
    await fc.assert(
      fc.asyncProperty(arbitraryRunState(), async (state) => {
        const engine = encodeStatus(fitStatus(state));
        const key = { namespace: NAMESPACE, name: run.metadata.name };
        await client.patchStatus(RUNS, key, { body: { status: null } });
        const stored = await client.patchStatus(RUNS, key, { body: { status: { phase: state.phase, engine } } });
        expect(stored.status?.engine).toEqual(JSON.parse(JSON.stringify(engine)));
      }),
      { numRuns: 60 },
    );
  });

  it('F42: a step of no known kind and a parameter without a value are refused', async () => {
    world = await EmbeddedWorld.withoutController();
    expect(await refusal(workflow([{ name: 'a', ansible: { playbook: 'x' } }]))).toMatch(
      /set exactly one of pod, job, delay/,
    );
    expect(await refusal(workflow([podStep('a')], { parameters: [{ name: 'x' }] }))).toMatch(
      /parameter x has no value/,
    );
  });

  it('F42: what the API server refuses for good fails the run at once, without a retry', async () => {
    world = await EmbeddedWorld.start();
    const broken = container('a', { volumeMounts: [{ name: 'nowhere', mountPath: '/x' }] });
    const run = await world.createRun(workflow([{ name: 'a', pod: { spec: { containers: [broken] } } }, podStep('b')]));
    const { status } = await world.runToEnd(run, 60_000);
    expect(status).toMatchObject({ phase: 'Failed', reason: 'ConfigurationError' });
    expect(status?.engine?.tasks[0]?.attempts).toHaveLength(1);
    expect(world.calls.filter((call) => call.verb === 'create' && call.resource === 'pods')).toMatchObject([
      { code: 422 },
    ]);
  });

  // The engine of a step is the field that is set: one that is not registered cannot be named at all.
  it('kubernaut 75: an engine that is not registered is refused, with a hint at those that are', async () => {
    world = await EmbeddedWorld.withoutController();
    expect(await refusal(workflow([{ name: 'a', awx: { template: 'x' } }]))).toMatch(
      /step a: set exactly one of pod, job, delay/,
    );
  });

  it('kubernaut 76: a run whose name has 80 characters, and one with dots, get safe object names and labels', async () => {
    world = await EmbeddedWorld.start();
    for (const name of ['x'.repeat(80), `${'very.long.'.repeat(24)}name`]) {
      const run = await world.createRun(workflow([podStep('a')]), { name });
      expect((await world.runToEnd(run)).status?.phase).toBe('Succeeded');
    }
    const pods = podsOf(world, 'a');
    expect(pods).toHaveLength(2);
    for (const pod of pods) {
      expect(pod.metadata.name).toMatch(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);
      expect(pod.metadata.name.length).toBeLessThanOrEqual(63);
      for (const value of Object.values(pod.metadata.labels ?? {})) expect(value.length).toBeLessThanOrEqual(63);
    }
  });
});
