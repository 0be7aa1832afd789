import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What takes the node away comes last. */
class NodeLossLast extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const late = ({ moduleId }: TestSpecification): number => (moduleId.endsWith('node-lost.test.ts') ? 1 : 0);
    return Promise.resolve(files.toSorted((a, b) => late(a) - late(b) || a.moduleId.localeCompare(b.moduleId)));
  }
}

// `npm run e2e`: the same scenarios on the embedded cluster, or on the real one that KUBECONFIG names.
export default defineConfig({
  test: {
    include: ['test/e2e/**/*.test.ts'],
    // Of a machine that has much else to do.
    hookTimeout: 60_000,
    pool: 'forks',
    // One controller at a time: they share the cluster, and a node runs no more than a few pods at once.
    fileParallelism: false,
    maxConcurrency: 20,
    sequence: { sequencer: NodeLossLast },
  },
});
