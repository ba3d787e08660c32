import { readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Which onehead has judged: the version, and in a working copy of onehead itself the build. */
export function build(): string {
  const require = createRequire(import.meta.url)
  const ours = ['workspace', 'core'].map((name) => dirname(require.resolve(`@onehead/${name}/package.json`)))
  const mtime = (path: string) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? ''
  return [
    ...ours.map((folder) => {
      const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }
      return `${version} ${mtime(join(folder, 'dist/.tsbuildinfo'))}`
    }),
    mtime(fileURLToPath(import.meta.url)),
  ].join(' ')
}
