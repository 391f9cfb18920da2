import { defineConfig } from 'vitest/config'

export default defineConfig({
  // Vite would take graphql's ES module, mercurius its CommonJS one, and a schema of one is no schema to the other.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/support/database.ts',
    pool: 'forks',
    maxWorkers: 2,
    // Files share what they import: each world is an organization of its own, and importing all anew took longer than testing.
    isolate: false,
    reporters: process.env.CI ? ['default', ['json', { outputFile: 'test-results.json' }]] : ['default'],
    testTimeout: 20_000,
    hookTimeout: 20_000,
    // What is awaited comes within milliseconds; a busy machine may take longer than the default second.
    expect: { poll: { timeout: 10_000 } },
  },
})
