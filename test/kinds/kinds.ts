import type { JsonObject } from '../../src/api/json.js';
import { podStep, workflow } from '../support/embedded/steps.js';
import { EXECUTION, type ForeignKind, type RunKind } from '../support/embedded-world.js';
import { SEQUENTIAL_JOB, entry, nested, sequence } from '../support/sequential-jobs.js';
import { checklistDefinition, checklistTranslator } from './checklist.js';

/** A kind as the suite meets it. */
export interface KindCase {
  readonly name: string;
  readonly of: RunKind;
  /** What a world must have beside Lockstep's own kinds. */
  readonly kinds: readonly ForeignKind[];
  /** A spec whose steps have these names; their containers too, by which scripts know them. */
  spec(names: readonly string[]): JsonObject;
  /** A spec that the schema lets pass and no plan can be made of, and where the fault is. */
  readonly unplannable: { readonly spec: JsonObject; readonly path: string };
  /** A change to the spec of `['a']` while it runs, and what comes of it. */
  readonly change: { readonly patch: JsonObject; readonly becomes: 'refused' | 'held' | 'replanned' };
  /** What its steps are run as. */
  readonly resource: 'pods' | 'jobs';
}

export const KINDS: readonly KindCase[] = [
  {
    name: 'WorkflowExecution',
    of: EXECUTION,
    kinds: [],
    spec: (names) => workflow(names.map((name) => podStep(name))),
    unplannable: { spec: workflow([podStep('a', { when: 'params.' })]), path: 'spec.steps[0].when' },
    change: { patch: workflow([podStep('b')]), becomes: 'refused' },
    resource: 'pods',
  },
  {
    name: 'SequentialJob',
    of: SEQUENTIAL_JOB,
    kinds: [],
    spec: (names) => sequence(names),
    unplannable: {
      // What the schema lets pass and the plan refuses.
      spec: sequence(['a'], { template: { spec: { affinity: nested(101) } } }),
      path: 'spec',
    },
    change: { patch: { containers: [entry('a', { workingDir: '/data' })] }, becomes: 'replanned' },
    resource: 'pods',
  },
  {
    name: 'a kind that Lockstep does not have',
    of: checklistTranslator,
    kinds: [{ translator: checklistTranslator, definition: checklistDefinition }],
    spec: (names) => ({ image: 'registry.example.com/tool:1', checks: [...names] }),
    unplannable: { spec: { image: 'registry.example.com/tool:1', checks: [] }, path: 'spec.checks' },
    change: { patch: { checks: ['b'] }, becomes: 'held' },
    resource: 'jobs',
  },
];
