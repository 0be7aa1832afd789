// The rooms of the design: imports go one way.
//   cli, server -> reconciler -> executors, status, audit -> plan, failure -> api
const room = (name) => `^src/${name}/`;
const only = (from, allowed, comment) => ({
  name: `${from}-imports`,
  comment,
  severity: 'error',
  from: { path: room(from) },
  to: { path: '^src/', pathNot: [from, ...allowed].map((name) => room(name)) },
});
/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    only('api', [], 'api knows nobody'),
    only('failure', ['api'], 'failure is pure'),
    only('plan', ['api', 'failure'], 'plan is pure'),
    only('runtime', ['api'], 'runtime knows nothing of workflows'),
    only('cluster', ['api'], 'the embedded cluster is just another API server'),
    only('audit', ['api', 'plan', 'failure', 'runtime'], 'only the relay may use runtime'),
    only('status', ['api', 'plan', 'failure', 'audit', 'runtime'], 'status'),
    only('executors', ['api', 'plan', 'failure', 'runtime', 'status'], 'executors'),
    only('reconciler', ['api', 'plan', 'failure', 'audit', 'status', 'executors', 'runtime'], 'reconciler'),
    only('server', ['api', 'plan', 'failure', 'audit', 'status', 'executors', 'runtime', 'reconciler'], 'server'),
    {
      name: 'decide-is-pure',
      severity: 'error',
      from: { path: '^src/reconciler/decide/' },
      to: {
        path: '^src/(runtime|status/|executors/(?!(executor|observation)\\.ts)|audit/(?!(event|chain|reserve)\\.ts))',
      },
    },
    {
      name: 'pure-rooms-no-node',
      comment: 'plan, failure and decide may hash (node:crypto) and nothing else of node',
      severity: 'error',
      from: { path: '^src/(plan|failure|reconciler/decide)/' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
    },
    {
      name: 'client-node-at-runtime',
      comment: 'client-node is for kubeconfig and credentials; elsewhere import types only (docs/decisions/0003)',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/runtime/kube-config.ts' },
      to: { path: 'node_modules/@kubernetes/client-node', dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
  },
};
