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

/** Modules of ours do nothing when they are loaded but define: what nobody uses of them is left out. */
const common = { platform: 'node', external: (id) => !isOurs(id), treeshake: { moduleSideEffects: false } }

async function write(input, output) {
  const bundle = await rolldown({ ...common, input })
  await bundle.write(output)
  await bundle.close()
}

rmSync(`${cli}bundle`, { recursive: true, force: true })
await write(
  {
    main: `${cli}dist/main.js`,
    // Started by its name beside the rest; see use-cases/second-thread.ts.
    'judging-thread': fileURLToPath(new URL('../packages/workspace/dist/use-cases/judging-thread.js', import.meta.url)),
  },
  { dir: `${cli}bundle`, format: 'esm', chunkFileNames: '[name]-[hash].js', minify: false },
)
// CommonJS, because what V8 has compiled of it can be kept (bin/compiled.js). Names stay: a fault tells where it happened.
await write(
  { hook: `${cli}dist/hook.js` },
  {
    dir: `${cli}bundle/hook`,
    format: 'cjs',
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name]-[hash].cjs',
    dynamicImportInCjs: false,
    minify: { mangle: false, compress: true, codegen: true },
  },
)
