import { describe, expect, it } from 'vitest';
import type { ApiRequest } from '../../src/api/http.js';
import { describeRequest, isStreaming, requestInfo } from '../../src/runtime/request-info.js';

function get(path: string, query: Record<string, string> = {}): ApiRequest {
  return { method: 'GET', path, query };
}

describe('what a request is about', () => {
  it.each<[ApiRequest, string]>([
    [get('/api/v1/namespaces/shop/pods/web'), 'get pods "shop/web"'],
    [get('/api/v1/namespaces/shop/pods/web/log'), 'get pods/log "shop/web"'],
    [get('/api/v1/namespaces/shop/pods'), 'list pods in "shop"'],
    [get('/api/v1/pods', { watch: 'true' }), 'watch pods'],
    [get('/api/v1/nodes/n1'), 'get nodes "n1"'],
    [get('/api/v1/namespaces'), 'list namespaces'],
    [get('/api/v1/namespaces/shop'), 'get namespaces "shop"'],
    [{ method: 'PUT', path: '/api/v1/namespaces/shop/finalize' }, 'update namespaces/finalize "shop"'],
    [
      { method: 'PATCH', path: '/apis/lockstep.dev/v1alpha1/namespaces/shop/runs/r%3A1/status' },
      'patch runs/status "shop/r:1"',
    ],
    [{ method: 'POST', path: '/apis/batch/v1/namespaces/shop/jobs' }, 'create jobs in "shop"'],
    [{ method: 'POST', path: '/apis/authentication.k8s.io/v1/selfsubjectreviews' }, 'create selfsubjectreviews'],
    [get('/version'), 'get /version'],
  ])('%j is: %s', (request, text) => {
    expect(describeRequest(request)).toBe(text);
  });

  it('a followed log and a watch are streams, a log that is read once is not', () => {
    expect(isStreaming(get('/api/v1/namespaces/shop/pods/web/log', { follow: 'true' }))).toBe(true);
    expect(isStreaming(get('/api/v1/pods', { watch: '1' }))).toBe(true);
    expect(isStreaming(get('/api/v1/namespaces/shop/pods/web/log'))).toBe(false);
  });

  it('of a path that is no valid encoding is shown as it stands', () => {
    expect(requestInfo(get('/api/v1/nodes/%zz')).name).toBe('%zz');
  });
});
