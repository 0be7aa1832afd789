import { API_VERSION } from '../../api/names.js';
import type { Translator } from '../../plan/translator.js';

/** Where a right is needed: where the runs are, in the controller's own namespace, or for what has no namespace. */
export type RightScope = 'runs' | 'own' | 'cluster';

/** Something that the controller does at the API server. */
export interface Right {
  /** Empty: the core group. */
  readonly group: string;
  /** With its subresource: `workflowexecutions/status`. */
  readonly resource: string;
  readonly verbs: readonly string[];
  readonly scope: RightScope;
  /** Only for objects of this name. */
  readonly name?: string;
  /** What is lost without it; absent: nothing goes without it. */
  readonly optional?: string;
}

/** Names of what the controller keeps in its own namespace. */
export interface OwnNames {
  readonly lease: string;
  readonly secret: string;
}

/** As in deploy/. */
export const OWN_NAMES: OwnNames = { lease: 'lockstep-controller', secret: 'lockstep-attempt-proof' };

/**
 * All that the controller may do, and no more: deploy/ grants exactly this (a test compares them), and `lockstep check`
 * asks for it.
 */
export function neededRights(translators: readonly Translator[], own: OwnNames = OWN_NAMES): readonly Right[] {
  const actions = groupOf(API_VERSION);
  return [
    ...translators.flatMap(({ apiVersion, plural }): Right[] => [
      // get: after a conflict it is read directly. patch: finalizers. delete: its time to live is over.
      runs(groupOf(apiVersion), plural, ['get', 'list', 'watch', 'patch', 'delete']),
      runs(groupOf(apiVersion), `${plural}/status`, ['patch']),
    ]),
    runs(actions, 'workflowactions', ['list', 'watch']),
    runs(actions, 'workflowactions/status', ['patch']),
    runs('', 'pods', ['get', 'list', 'watch', 'create', 'patch', 'delete']),
    runs('batch', 'jobs', ['get', 'list', 'watch', 'create', 'patch', 'delete']),
    { ...runs('', 'events', ['list', 'watch']), optional: 'why a pod waits is told from the pod alone' },
    { ...runs('', 'events', ['create', 'patch']), optional: '`kubectl describe` shows nothing of a run' },
    {
      ...runs('', 'persistentvolumeclaims', ['get']),
      optional: 'verdicts about volumes lack the claim as evidence',
    },
    {
      group: '',
      resource: 'nodes',
      verbs: ['get'],
      scope: 'cluster',
      optional: 'a lost node is told from the pod alone',
    },
    { group: 'coordination.k8s.io', resource: 'leases', verbs: ['create'], scope: 'own' },
    { group: 'coordination.k8s.io', resource: 'leases', verbs: ['get', 'update'], scope: 'own', name: own.lease },
    { group: '', resource: 'secrets', verbs: ['create'], scope: 'own' },
    { group: '', resource: 'secrets', verbs: ['get'], scope: 'own', name: own.secret },
  ];
}

function runs(group: string, resource: string, verbs: readonly string[]): Right {
  return { group, resource, verbs, scope: 'runs' };
}

function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.replace(/[/].*$/, '') : '';
}
