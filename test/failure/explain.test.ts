import { describe, expect, it } from 'vitest';
import { explain } from '../../src/failure/index.js';
import { condition, ended, event, job, pod, running, waiting } from './build.js';

const failing = pod({ phase: 'Pending', main: waiting('ImagePullBackOff', 'Back-off pulling image "x"') });
const pull = event('Failed', 'Failed to pull image "registry.example.com/team/app:1.2": manifest unknown', {
  container: 'main',
});

describe('lockstep explain', () => {
  it('reads a pod and its events in whatever way kubectl prints them', () => {
    const list = { apiVersion: 'v1', kind: 'List', items: [failing, pull] };
    const typed = [
      { kind: 'PodList', items: [{ ...failing, kind: undefined }] },
      { kind: 'EventList', items: [{ ...pull, kind: undefined }] },
    ];
    for (const documents of [[list], [failing, pull], typed, [[failing, pull]]]) {
      const items = explain(documents.map((value) => ({ file: 'a.yaml', value })));
      expect(items.map((one) => `${one.kind}/${one.name} ${one.reason ?? ''}/${one.subreason ?? ''}`)).toEqual([
        'Pod/step-a1 ImagePull/ManifestUnknown',
      ]);
    }
  });

  it('reads events of events.k8s.io', () => {
    const { involvedObject, message, lastTimestamp, ...rest } = pull;
    const modern = {
      ...rest,
      apiVersion: 'events.k8s.io/v1',
      regarding: involvedObject ?? null,
      note: message ?? '',
      series: { count: 4, lastObservedTime: lastTimestamp ?? '' },
    };
    expect(
      explain([
        { file: 'a', value: failing },
        { file: 'b', value: modern },
      ])[0]?.subreason,
    ).toBe('ManifestUnknown');
  });

  it('gives one item per workload, in order, with the pods of a Job counted to the Job', () => {
    const owner = {
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: 'step', uid: 'uid-job', controller: true }],
    };
    const child = pod({ main: ended(3), metadata: { name: 'step-x', uid: 'uid-x', ...owner } });
    const alone = pod({ main: ended(137, { reason: 'OOMKilled' }), metadata: { name: 'alone', uid: 'uid-alone' } });
    const failed = job({ conditions: [condition('Failed', 'True', 'BackoffLimitExceeded')], status: { failed: 1 } });
    const items = explain([{ file: 'all.yaml', value: { kind: 'List', items: [alone, child, failed] } }]);
    expect(items.map((one) => [one.kind, one.name, one.reason])).toEqual([
      ['Pod', 'alone', 'OOMKilled'],
      ['Job', 'step', 'TaskFailed'],
    ]);
  });

  it('finds nothing wrong with what ended well or still runs', () => {
    const items = explain([
      { file: 'a', value: pod({ phase: 'Succeeded', main: ended(0) }) },
      { file: 'b', value: pod({ phase: 'Running', main: running(), metadata: { name: 'other', uid: 'uid-b' } }) },
    ]);
    expect(items.map((one) => [one.reason, one.summary.split('\n')[0]])).toEqual([
      [null, 'SUCCEEDED pod step-a1: it ended well.'],
      [null, 'RUNNING pod other: it runs, and nothing is wrong that the evidence shows.'],
    ]);
  });

  it("explains the API server's refusal as kubectl prints it", () => {
    const status = {
      kind: 'Status',
      apiVersion: 'v1',
      status: 'Failure',
      code: 403,
      reason: 'Forbidden',
      message: 'pods "x" is forbidden: exceeded quota: q, requested: pods=1, used: pods=5, limited: pods=5',
      details: { name: 'x', kind: 'pods' },
    };
    expect(explain([{ file: 'a', value: status }])).toMatchObject([
      { reason: 'QuotaExceeded', retryable: true, effects: 'None', name: 'x' },
    ]);
  });

  it('has nothing to say of documents that hold no workload', () => {
    expect(
      explain([
        { file: 'a', value: null },
        { file: 'b', value: { kind: 'ConfigMap', metadata: { name: 'x' } } },
        { file: 'c', value: 'text' },
      ]),
    ).toEqual([]);
  });
});
