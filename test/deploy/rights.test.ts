import { describe, expect, it } from 'vitest';
import { type Right, neededRights } from '../../src/cli/controller/needed-rights.js';
import { TRANSLATORS } from '../../src/cli/kinds.js';
import type { JsonObject } from '../../src/api/json.js';
import { objectsIn, the } from './manifests.js';

interface Role {
  readonly rules: readonly {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly resourceNames?: readonly string[];
    readonly verbs: readonly string[];
  }[];
}

/** One line for each verb, as both sides have it. */
function granted(objects: readonly JsonObject[], kind: string, name: string): readonly string[] {
  const role = the(objects, kind, name) as JsonObject & Role;
  return role.rules
    .flatMap(({ apiGroups, resources, resourceNames = [''], verbs }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) =>
          resourceNames.flatMap((only) => verbs.map((verb) => line({ group, resource, name: only }, verb))),
        ),
      ),
    )
    .sort();
}

function needed(scopes: readonly Right['scope'][]): readonly string[] {
  return neededRights(TRANSLATORS)
    .filter(({ scope }) => scopes.includes(scope))
    .flatMap((right) => right.verbs.map((verb) => line(right, verb)))
    .sort();
}

function line({ group, resource, name = '' }: Pick<Right, 'group' | 'resource' | 'name'>, verb: string): string {
  return `${verb} ${resource} of "${group}"${name === '' ? '' : ` named ${name}`}`;
}

describe('the rights that deploy/ grants are those that the controller needs, and no more', () => {
  it('for all namespaces', () => {
    const roles = objectsIn('deploy/cluster-wide/controller/cluster-role.yaml');
    expect(granted(roles, 'ClusterRole', 'lockstep-controller')).toEqual(needed(['runs', 'cluster']));
  });

  it('for one namespace', () => {
    const roles = objectsIn('deploy/namespaced/role.yaml');
    expect(granted(roles, 'Role', 'lockstep-controller')).toEqual(needed(['runs']));
  });

  it('in its own namespace: one lease and one secret by name', () => {
    expect(granted(objectsIn('deploy/base/own-role.yaml'), 'Role', 'lockstep-own')).toEqual(needed(['own']));
  });

  it('contains no wildcard, no rights to escalate, and no reading of secrets but its own', () => {
    const all = neededRights(TRANSLATORS);
    for (const { verbs, resource, group } of all) {
      expect([...verbs, resource, group]).not.toContain('*');
      expect(verbs).not.toEqual(expect.arrayContaining(['escalate', 'bind', 'impersonate']));
    }
    const secrets = all.filter(({ resource, verbs }) => resource === 'secrets' && verbs.includes('get'));
    expect(secrets.map(({ name }) => name)).toEqual(['lockstep-attempt-proof']);
  });
});
