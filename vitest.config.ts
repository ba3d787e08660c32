import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const source = (name: string) => fileURLToPath(new URL(`./packages/${name}/src/index.ts`, import.meta.url))

/** Unit tests sit beside their file and read TypeScript; scenarios run what `tsc -b` built, as users do. */
export default defineConfig({
  resolve: { alias: { '@onehead/core': source('core'), '@onehead/workspace': source('workspace') } },
  test: {
    testTimeout: 120_000,
    hookTimeout: 600_000,
    projects: [
      { extends: true, test: { name: 'unit', include: ['packages/*/src/**/*.test.ts', 'tools/**/*.test.ts'] } },
      { extends: true, test: { name: 'repository', include: ['test/*.test.ts'] } },
      { extends: true, test: { name: 'scenarios', include: ['test/scenarios/**/*.test.ts'], fileParallelism: false } },
    ],
  },
})
