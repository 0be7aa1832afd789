import { defineConfig } from 'vitest/config';

// Where to write how the tests ended, for `npm run behaviours -- --report`.
const report = process.env['LOCKSTEP_TEST_REPORT'];

// `npm test`: everything that fits into three minutes on two cores. What takes longer has a script of its own.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/long/**', 'test/e2e/**', 'node_modules/**'],
    testTimeout: 20_000,
    // Of a machine that has much else to do.
    hookTimeout: 60_000,
    pool: 'forks',
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
    // Both of the two cores that the limit is meant for: vitest leaves one idle by itself.
    maxWorkers: 2,
  },
});
