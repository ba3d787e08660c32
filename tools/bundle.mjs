/**
 * `npm run build` ends with this: the command and everything of ours behind it become a few files in packages/cli/bundle, because
 * Node spends more time on finding and compiling two hundred small modules than a hook may take in all. What is loaded lazily
 * stays in files of its own; libraries of others stay where npm puts them. packages/*\/dist stays as tsc wrote it, for Nx and
 * for whoever imports the libraries.
 */
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const cli = fileURLToPath(new URL('../packages/cli/', import.meta.url))
const isOurs = (id) => /^(\.|\/|[A-Za-z]:|@onehead\/)/.test(id)

rmSync(`${cli}bundle`, { recursive: true, force: true })
const bundle = await rolldown({
  input: {
    main: `${cli}dist/main.js`,
    hook: `${cli}dist/hook.js`,
    // Started by its name beside the rest; see use-cases/second-thread.ts.
    'judging-thread': fileURLToPath(new URL('../packages/workspace/dist/use-cases/judging-thread.js', import.meta.url)),
  },
  platform: 'node',
  external: (id) => !isOurs(id),
})
await bundle.write({ dir: `${cli}bundle`, format: 'esm', chunkFileNames: '[name]-[hash].js', minify: false })
await bundle.close()
