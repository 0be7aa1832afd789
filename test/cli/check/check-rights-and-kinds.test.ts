import { describe, expect, it } from 'vitest';
import { CRD_MANIFESTS } from '../../../src/api/generated/crd-manifests.js';
import type { ApiRequest } from '../../../src/api/http.js';
import type { Json, JsonObject } from '../../../src/api/json.js';
import { checkKinds } from '../../../src/cli/check/check-kinds.js';
import { checkRights } from '../../../src/cli/check/check-rights.js';
import { trouble, fine } from '../../../src/cli/check/finding.js';
import { printFindings } from '../../../src/cli/check/print-findings.js';
import { ApiError } from '../../../src/runtime/index.js';
import { installed } from './fakes.js';

function refusal(code: number): ApiError {
  return new ApiError('ask', { kind: 'Status', code }, { code, retryAfterMs: null });
}

interface Review {
  readonly spec: {
    readonly user: string;
    readonly resourceAttributes: { readonly resource: string; readonly subresource?: string; readonly verb: string };
  };
}

describe('the rights of the controller', () => {
  const answering = (isAllowed: (review: Review['spec']) => boolean) => ({
    call: ({ body = '' }: ApiRequest): Promise<Json> => {
      const { spec } = JSON.parse(body) as Review;
      return Promise.resolve({ status: { allowed: isAllowed(spec) } });
    },
  });

  it('are those of its service account, not of who asks', async () => {
    const users = new Set<string>();
    const findings = await checkRights(
      answering(({ user }) => users.add(user).size > 0),
      installed(),
    );
    expect([...users]).toEqual(['system:serviceaccount:lockstep-system:lockstep-controller']);
    expect(findings).toMatchObject([{ level: 'ok' }]);
  });

  it('that are missing are told a resource a line; those that it can do without, apart, with what is lost', async () => {
    const client = answering(
      ({ resourceAttributes: { resource, subresource, verb } }) =>
        !(resource === 'nodes' || (resource === 'pods' && verb !== 'get') || subresource === 'status'),
    );
    expect(await checkRights(client, installed({ namespaces: ['shop'] }))).toMatchObject([
      {
        level: 'fail',
        details: [
          'patch workflowexecutions.lockstep.dev/status in namespace shop',
          'patch sequentialjobs.batch.lockstep.dev/status in namespace shop',
          'patch workflowactions.lockstep.dev/status in namespace shop',
          'list, watch, create, patch, delete pods in namespace shop',
        ],
      },
      { level: 'warn', details: ['get nodes: a lost node is told from the pod alone'] },
    ]);
  });

  it('cannot be told to everybody', async () => {
    const client = { call: () => Promise.reject(refusal(403)) };
    expect(await checkRights(client, installed())).toMatchObject([{ level: 'warn' }]);
  });
});

describe('the kinds', () => {
  const served = (change: (definition: JsonObject) => JsonObject | ApiError) => ({
    call: ({ path }: ApiRequest): Promise<Json> => {
      const manifest = CRD_MANIFESTS.find((each) => path.endsWith((each['metadata'] as JsonObject)['name'] as string));
      if (manifest === undefined) return Promise.resolve({ resources: [{ name: 'workflowexecutions' }] });
      const status = { conditions: [{ type: 'Established', status: 'True' }] };
      const answer = change({ ...manifest, status });
      return answer instanceof ApiError ? Promise.reject(answer) : Promise.resolve(answer);
    },
  });

  it('are as this program knows them', async () => {
    expect(await checkKinds(served((definition) => definition))).toMatchObject({ level: 'ok' });
  });

  it('are missing', async () => {
    expect(await checkKinds(served(() => refusal(404)))).toMatchObject({
      level: 'fail',
      says: expect.stringContaining('not (all) installed') as string,
    });
  });

  it('are of another version', async () => {
    const older = (definition: JsonObject): JsonObject => ({ ...definition, spec: { versions: [] } });
    expect(await checkKinds(served(older))).toMatchObject({
      level: 'fail',
      says: expect.stringContaining('another version') as string,
    });
  });

  it('are asked of discovery where CRDs may not be read', async () => {
    expect(await checkKinds(served(() => refusal(403)))).toMatchObject({
      level: 'fail',
      details: CRD_MANIFESTS.map((each) => (each['metadata'] as JsonObject)['name']).filter(
        (name) => name !== 'workflowexecutions.lockstep.dev',
      ),
    });
  });
});

describe('the print', () => {
  it('has a mark, what is so, and what to do, and counts in the end', () => {
    const findings = [
      fine('leader', 'pod-1'),
      trouble('rights', 'fail', { says: 'x may not', details: ['get pods'], todo: 'kubectl apply' }),
      trouble('controller', 'warn', { says: 'old', todo: 'update' }),
    ];
    expect(printFindings(findings, { color: false, ascii: false })).toEqual([
      '✔ leader      pod-1',
      '✘ rights      x may not',
      '                get pods',
      '              → kubectl apply',
      '! controller  old',
      '              → update',
      '',
      '1 thing to put right, 1 thing to know.',
    ]);
    expect(printFindings([fine('leader', 'pod-1')], { color: false, ascii: true })).toEqual([
      '+ leader  pod-1',
      '',
      'Nothing is missing.',
    ]);
  });
});
