import { defineConfig } from 'vitest/config';

// `npm test`: everything that fits into three minutes on two cores. What takes longer has a script of its own.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/long/**', 'node_modules/**'],
    testTimeout: 20_000,
    pool: 'forks',
  },
});
