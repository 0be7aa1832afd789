import { describe, expect, it } from 'vitest';
import type { Json } from '../../../src/api/json.js';
import { authorizeByRoles } from '../../../src/cluster/admission/rbac-authorizer.js';
import type { ApiObject } from '../../../src/cluster/api-object.js';
import type { RequestAttributes, StoreReader, UserInfo } from '../../../src/cluster/apiserver/admission.js';

const stored = (kind: string, name: string, more: Readonly<Record<string, Json>>, namespace = ''): ApiObject => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind,
  metadata: { name, namespace, uid: name, resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' },
  ...more,
});

/** A store of what is listed by its plural. */
function storeOf(objects: Readonly<Record<string, readonly ApiObject[]>>): StoreReader {
  const list = (_group: string, plural: string, namespace?: string): readonly ApiObject[] =>
    (objects[plural] ?? []).filter((one) => namespace === undefined || one.metadata.namespace === namespace);
  return {
    list,
    get: (group, plural, key) => list(group, plural, key.namespace).find(({ metadata }) => metadata.name === key.name),
  };
}

const ask = (more: Partial<RequestAttributes> = {}): RequestAttributes => ({
  verb: 'get',
  group: '',
  version: 'v1',
  resource: 'pods',
  subresource: '',
  namespace: 'shop',
  name: 'web',
  path: '/api/v1/namespaces/shop/pods/web',
  ...more,
});

const user = (name: string, ...groups: string[]): UserInfo => ({ name, groups });
const binding = (subject: Json, roleRef: Json, namespace = ''): ApiObject =>
  stored(namespace === '' ? 'ClusterRoleBinding' : 'RoleBinding', 'b', { subjects: [subject], roleRef }, namespace);
const reader = stored('ClusterRole', 'reader', { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] });
const readerRef = { kind: 'ClusterRole', name: 'reader' };
const allowed = { allowed: true };
const refused = { allowed: false, reason: '' };

describe('authorization by roles', () => {
  it('lets system:masters do everything without a role', () => {
    expect(authorizeByRoles(user('root', 'system:masters'), ask({ verb: 'delete' }), storeOf({}))).toEqual(allowed);
  });

  it('lets nobody do anything who is not bound', () => {
    expect(authorizeByRoles(user('ann'), ask(), storeOf({ clusterroles: [reader] }))).toEqual(refused);
  });

  it('lets whoever is known ask what he may do himself, as system:basic-user does', () => {
    const review = ask({ verb: 'create', group: 'authorization.k8s.io', resource: 'selfsubjectaccessreviews' });
    expect(authorizeByRoles(user('ann', 'system:authenticated'), review, storeOf({}))).toEqual(allowed);
    expect(authorizeByRoles(user('system:anonymous', 'system:unauthenticated'), review, storeOf({}))).toEqual(refused);
    const others = { ...review, resource: 'subjectaccessreviews' };
    expect(authorizeByRoles(user('ann', 'system:authenticated'), others, storeOf({}))).toEqual(refused);
  });

  it('finds a user, a group and a service account among the subjects', () => {
    const subjects: readonly (readonly [Json, UserInfo])[] = [
      [{ kind: 'User', name: 'ann' }, user('ann')],
      [{ kind: 'Group', name: 'ops' }, user('bob', 'ops')],
      [{ kind: 'ServiceAccount', name: 'bot', namespace: 'ci' }, user('system:serviceaccount:ci:bot')],
    ];
    for (const [subject, who] of subjects) {
      const store = storeOf({ clusterroles: [reader], clusterrolebindings: [binding(subject, readerRef)] });
      expect(authorizeByRoles(who, ask(), store)).toEqual(allowed);
      expect(authorizeByRoles(user('somebody'), ask(), store)).toEqual(refused);
    }
  });

  it('takes a RoleBinding in its own namespace only, also to a ClusterRole', () => {
    const bound = binding({ kind: 'User', name: 'ann' }, readerRef, 'shop');
    const store = storeOf({ clusterroles: [reader], rolebindings: [bound] });
    expect(authorizeByRoles(user('ann'), ask(), store)).toEqual(allowed);
    expect(authorizeByRoles(user('ann'), ask({ namespace: 'other' }), store)).toEqual(refused);
    expect(authorizeByRoles(user('ann'), ask({ namespace: '' }), store)).toEqual(refused);
  });

  it('counts a subresource as a resource of its own', () => {
    const role = (resources: Json): ApiObject =>
      stored('ClusterRole', 'reader', { rules: [{ apiGroups: ['*'], resources, verbs: ['*'] }] });
    const decide = (resources: Json, subresource: string): unknown => {
      const bindings = [binding({ kind: 'User', name: 'ann' }, readerRef)];
      const store = storeOf({ clusterroles: [role(resources)], clusterrolebindings: bindings });
      return authorizeByRoles(user('ann'), ask({ subresource }), store);
    };
    expect(decide(['pods'], 'log')).toEqual(refused);
    expect(decide(['pods/log'], 'log')).toEqual(allowed);
    expect(decide(['*/log'], 'log')).toEqual(allowed);
    expect(decide(['pods/log'], '')).toEqual(refused);
    expect(decide(['*'], 'status')).toEqual(allowed);
  });

  it('holds a rule with resourceNames to those names, so that it never allows a list', () => {
    const named = stored('ClusterRole', 'reader', {
      rules: [{ apiGroups: [''], resources: ['pods'], resourceNames: ['web'], verbs: ['*'] }],
    });
    const store = storeOf({
      clusterroles: [named],
      clusterrolebindings: [binding({ kind: 'User', name: 'ann' }, readerRef)],
    });
    expect(authorizeByRoles(user('ann'), ask(), store)).toEqual(allowed);
    expect(authorizeByRoles(user('ann'), ask({ name: 'db' }), store)).toEqual(refused);
    expect(authorizeByRoles(user('ann'), ask({ verb: 'list', name: '' }), store)).toEqual(refused);
  });

  it('lets everybody discover, and only the bound read other paths', () => {
    const metrics = stored('ClusterRole', 'reader', {
      rules: [{ nonResourceURLs: ['/metrics', '/logs/*'], verbs: ['get'] }],
    });
    const store = storeOf({
      clusterroles: [metrics],
      clusterrolebindings: [binding({ kind: 'User', name: 'ann' }, readerRef)],
    });
    const path = (text: string): RequestAttributes => ask({ resource: '', namespace: '', name: '', path: text });
    expect(authorizeByRoles(user('bob'), path('/apis/batch/v1'), store)).toEqual(allowed);
    expect(authorizeByRoles(user('bob'), path('/metrics'), store)).toEqual(refused);
    expect(authorizeByRoles(user('ann'), path('/metrics'), store)).toEqual(allowed);
    expect(authorizeByRoles(user('ann'), path('/logs/kubelet'), store)).toEqual(allowed);
    expect(authorizeByRoles(user('ann'), path('/metrics/x'), store)).toEqual(refused);
  });

  it('names a role that is bound but not there', () => {
    const store = storeOf({ clusterrolebindings: [binding({ kind: 'User', name: 'ann' }, readerRef)] });
    expect(authorizeByRoles(user('ann'), ask(), store)).toEqual({
      allowed: false,
      reason: 'RBAC: clusterrole.rbac.authorization.k8s.io "reader" not found',
    });
  });
});
