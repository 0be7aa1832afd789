import { describe, expect, it } from 'vitest';
import { clusterAdmission } from '../../../src/cluster/index.js';
import type { ApiServer } from '../../../src/cluster/apiserver/api-server.js';
import { type ApiAnswer, api, startServer } from './server.js';

const PODS = '/api/v1/namespaces/default/pods';
const ACCOUNT = 'system:serviceaccount:default:limited';

/** A server with RBAC, where `limited` may do nothing. */
function server(): ApiServer {
  return startServer({ admission: clusterAdmission, users: { t: { name: ACCOUNT, groups: [] } } });
}

function listPods(of: ApiServer, headers: Readonly<Record<string, string>>): Promise<ApiAnswer> {
  return api(of, 'GET', PODS, undefined, { headers });
}

// The messages are what kube-apiserver 1.35 answered to kubectl with --as and --as-group.
describe('a request that names another user', () => {
  it('of an administrator is handled as that user', async () => {
    for (const user of [ACCOUNT, 'bob']) {
      const { code, body } = await listPods(server(), { 'impersonate-user': user });
      expect(code).toBe(403);
      expect(body['message']).toBe(
        `pods is forbidden: User "${user}" cannot list resource "pods" in API group "" in the namespace "default"`,
      );
    }
  });

  it('and a group has the rights of the group', async () => {
    const headers = { 'impersonate-user': 'bob', 'impersonate-group': 'devs, system:masters' };
    expect(await listPods(server(), headers)).toMatchObject({ code: 200 });
  });

  it('of somebody who may not impersonate is refused', async () => {
    const authorization = 'Bearer t';
    const asBob = await listPods(server(), { authorization, 'impersonate-user': 'bob' });
    expect([asBob.code, asBob.body['message']]).toEqual([
      403,
      `users "bob" is forbidden: User "${ACCOUNT}" cannot impersonate resource "users" in API group "" at the cluster scope`,
    ]);
    const asAccount = await listPods(server(), {
      authorization,
      'impersonate-user': 'system:serviceaccount:default:x',
    });
    expect(asAccount.body['message']).toBe(
      `serviceaccounts "x" is forbidden: User "${ACCOUNT}" cannot impersonate resource "serviceaccounts" in API group "" in the namespace "default"`,
    );
  });

  it('and only a group is a bad request', async () => {
    const { code, body } = await listPods(server(), { 'impersonate-group': 'x' });
    expect([code, body['message']]).toEqual([400, 'requested [{Group  x    }] without impersonating a user']);
  });
});
