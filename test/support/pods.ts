import type { Pod } from '../../src/api/kube.js';
import { formatSeconds } from '../../src/api/instant.js';

/** How a test's pod stands. `waiting` names a container waiting reason. */
export type PodScript =
  | { readonly kind: 'created' }
  | { readonly kind: 'waiting'; readonly reason: string; readonly message?: string }
  | { readonly kind: 'running' }
  | {
      readonly kind: 'ended';
      readonly exitCode: number;
      readonly reason?: string;
      readonly message?: string;
      readonly startedAt?: number;
    };

export interface PodFacts {
  readonly name: string;
  readonly uid: string;
  readonly container?: string;
  readonly terminating?: boolean;
  readonly labels?: Readonly<Record<string, string>>;
}

/** A pod with one container, in the shape in which the API server gives it. */
export function makePod(facts: PodFacts, script: PodScript, now: number): Pod {
  const container = facts.container ?? 'main';
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: facts.name,
      namespace: 'test',
      uid: facts.uid,
      resourceVersion: '1',
      creationTimestamp: formatSeconds(now),
      ...(facts.labels === undefined ? {} : { labels: facts.labels }),
      ...(facts.terminating === true ? { deletionTimestamp: formatSeconds(now), deletionGracePeriodSeconds: 30 } : {}),
    },
    spec: { nodeName: 'node-1', restartPolicy: 'Never', containers: [{ name: container, image: 'busybox' }] },
    status: statusOf(container, script, now),
  };
}

function statusOf(container: string, script: PodScript, now: number): NonNullable<Pod['status']> {
  const common = { name: container, image: 'busybox', imageID: '', restartCount: 0 };
  const started = formatSeconds(now);
  switch (script.kind) {
    case 'created':
      return {
        phase: 'Pending',
        containerStatuses: [{ ...common, ready: false, state: { waiting: { reason: 'ContainerCreating' } } }],
      };
    case 'waiting':
      return {
        phase: 'Pending',
        containerStatuses: [
          { ...common, ready: false, state: { waiting: { reason: script.reason, message: script.message ?? '' } } },
        ],
      };
    case 'running':
      return {
        phase: 'Running',
        containerStatuses: [
          {
            ...common,
            ready: true,
            started: true,
            containerID: 'containerd://1',
            state: { running: { startedAt: started } },
          },
        ],
      };
    case 'ended':
      return {
        phase: script.exitCode === 0 ? 'Succeeded' : 'Failed',
        containerStatuses: [
          {
            ...common,
            ready: false,
            ...(script.reason === 'ContainerStatusUnknown' ? {} : { containerID: 'containerd://1' }),
            state: {
              terminated: {
                exitCode: script.exitCode,
                reason: script.reason ?? (script.exitCode === 0 ? 'Completed' : 'Error'),
                ...(script.message === undefined ? {} : { message: script.message }),
                // What never started is rewritten on termination, without any instant (recording image-pull-deleted).
                ...(script.reason === 'ContainerStatusUnknown'
                  ? {}
                  : {
                      startedAt: formatSeconds(script.startedAt ?? now),
                      finishedAt: started,
                      containerID: 'containerd://1',
                    }),
              },
            },
          },
        ],
      };
  }
}
