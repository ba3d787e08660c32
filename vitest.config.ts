import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const source = (name: string, module = 'index') =>
  fileURLToPath(new URL(`./packages/${name}/src/${module}.ts`, import.meta.url))

/**
 * Unit, repository and differential tests read TypeScript through the alias; scenarios and tools run what `tsc -b` built,
 * as users do, and run two files at a time once the rest is done: they start git, Nx and Python of their own.
 */
export default defineConfig({
  resolve: {
    alias: {
      '@onehead/core': source('core'),
      // The longer names first: an alias also stands for what begins with it.
      '@onehead/workspace/hook': source('workspace', 'gate/fast-path'),
      '@onehead/workspace/notice': source('workspace', 'notice/hook'),
      '@onehead/workspace': source('workspace'),
    },
  },
  test: {
    testTimeout: 120_000,
    hookTimeout: 600_000,
    teardownTimeout: 30_000,
    projects: [
      { extends: true, test: { name: 'unit', include: ['packages/*/src/**/*.test.ts'] } },
      { extends: true, test: { name: 'repository', include: ['test/*.test.ts'] } },
      { extends: true, test: { name: 'differential', include: ['test/differential/**/*.test.ts'] } },
      {
        extends: true,
        test: {
          name: 'scenarios',
          include: ['test/scenarios/**/*.test.ts', 'tools/**/*.test.ts'],
          // One waits for its programs while the other works; more would make them crawl.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
