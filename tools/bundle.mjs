/**
 * `npm run build` ends with this: the command and everything of ours behind it become a few files in packages/cli/bundle, because
 * Node spends more time on finding and compiling two hundred small modules than a hook may take in all. What is loaded lazily
 * stays in files of its own; libraries of others stay where npm puts them. packages/*\/dist stays as tsc wrote it, for Nx and
 * for whoever imports the libraries.
 */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const cli = fileURLToPath(new URL('../packages/cli/', import.meta.url))
const isOurs = (id) => /^(\.|\/|[A-Za-z]:|@onehead\/)/.test(id)

/** Modules of ours do nothing when they are loaded but define: what nobody uses of them is left out. */
const common = { platform: 'node', external: (id) => !isOurs(id), treeshake: { moduleSideEffects: false } }

/** CommonJS, because what V8 has compiled of it can be kept (bin/compiled.js). Names stay: a fault tells where it happened. */
async function write(directory, input) {
  const bundle = await rolldown({ ...common, input })
  const { output } = await bundle.write({
    dir: `${cli}${directory}`,
    format: 'cjs',
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name]-[hash].cjs',
    dynamicImportInCjs: false,
    minify: { mangle: false, compress: true, codegen: true },
  })
  await bundle.close()
  for (const { fileName, code } of output) writeFileSync(join(cli, directory, fileName), inAscii(code))
}

/** Node reads and keeps a text of one byte per character in a fraction of the time. What a file shows is in its strings, and these may escape it. */
function inAscii(code) {
  return code.replace(/[^\x00-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

rmSync(`${cli}bundle`, { recursive: true, force: true })
await write('bundle', {
  main: `${cli}dist/main.js`,
  'judging-thread': fileURLToPath(new URL('../packages/workspace/dist/use-cases/judging-thread.js', import.meta.url)),
})
// Started by this name beside the rest; see use-cases/second-thread.ts.
writeFileSync(`${cli}bundle/judging-thread.js`, "import './judging-thread.cjs'\n")
// A hook loads what it needs, and nothing that only a command needs.
await write('bundle/hook', { hook: `${cli}dist/hook.js` })
