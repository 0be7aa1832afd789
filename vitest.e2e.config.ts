import { defineConfig } from 'vitest/config';

// `npm run e2e`: the same scenarios on the embedded cluster, or on the real one that KUBECONFIG names.
export default defineConfig({
  test: {
    include: ['test/e2e/**/*.test.ts'],
    pool: 'forks',
    // One controller at a time: they share the cluster, and a node runs no more than a few pods at once.
    fileParallelism: false,
    maxConcurrency: 20,
  },
});
