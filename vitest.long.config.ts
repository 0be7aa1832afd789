import { defineConfig } from 'vitest/config';

// What takes too long for `npm test`: each has a script of its own.
export default defineConfig({
  test: {
    include: ['test/long/**/*.test.ts'],
    pool: 'forks',
  },
});
