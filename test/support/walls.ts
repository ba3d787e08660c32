import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Import, repositoryRoot, type SourceFile } from './source-files.js'

/** One wall of the design. `planted` is code that breaks it: a wall that does not find its own is no wall. */
export interface Wall {
  readonly name: string
  readonly reason: string
  readonly find: (files: readonly SourceFile[]) => readonly string[]
  readonly planted: Readonly<Record<string, string>>
}

const shipped = (file: SourceFile) => !file.isTest
const inFolder = (folder: string) => (file: SourceFile) => file.path.startsWith(`packages/${folder}/`)

function importsWhere(
  files: readonly SourceFile[],
  isWrong: (imported: Import, file: SourceFile) => boolean,
): readonly string[] {
  return files.flatMap((file) =>
    file.imports
      .filter((imported) => isWrong(imported, file))
      .map((imported) => `${file.path}:${imported.line} imports ${imported.specifier}`),
  )
}

function globalsWhere(files: readonly SourceFile[], pattern: RegExp): readonly string[] {
  return files.flatMap((file) =>
    file.globals.filter(({ name }) => pattern.test(name)).map(({ name, line }) => `${file.path}:${line} uses ${name}`),
  )
}

/** Speaks where nothing of ours can be loaded, and so may use none of our doors. */
const LAST_WORD = 'packages/cli/bin/onehead.js'

/** The modules that import `target` when there are more than one: one adapter each, so that it can be replaced in one place. */
function secondImporters(files: readonly SourceFile[], owner: string, isTarget: (target: string) => boolean) {
  const importers = files
    .filter((file) => shipped(file) && file.path !== LAST_WORD)
    .filter((file) => file.imports.some((imported) => !imported.typeOnly && isTarget(imported.target)))
    .map((file) => file.path)
  const strangers = importers.filter((path) => !path.startsWith(`packages/${owner}/`))
  return importers.length > 1 ? importers : strangers
}

const mayImport: Readonly<Record<string, readonly string[]>> = {
  core: [],
  workspace: ['core'],
  cli: ['core', 'workspace'],
  nx: ['core', 'workspace'],
}

const direction: Wall = {
  name: 'packages point one way: core ← workspace ← cli and nx, through their index only',
  reason: 'core stays usable without a disk, and the Nx plugin never drags the command line along',
  find: (files) =>
    importsWhere(files.filter(shipped), ({ target, specifier }, file) => {
      if (target === '@onehead/core' || target === '@onehead/workspace' || target === '@onehead/nx') return true
      const other = /^packages\/([^/]+)\//.exec(target)?.[1]
      if (!other || !file.package || other === file.package) return false
      return specifier.startsWith('.') || !mayImport[file.package]?.includes(other)
    }),
  planted: {
    'packages/core/src/a.ts': "import { check } from '@onehead/workspace'",
    'packages/nx/src/b.ts': "import { main } from 'onehead'",
    'packages/cli/src/c.ts': "import { find } from '../../workspace/src/environment/find.js'",
    'packages/cli/src/d.ts': "import { find } from '@onehead/workspace/dist/environment/find.js'",
  },
}

const declared: Wall = {
  name: 'a package imports only what its own package.json declares',
  reason: 'what works through hoisting in this repository is missing on a user’s machine',
  find: (files) =>
    importsWhere(files.filter(shipped), ({ target }, file) => {
      if (target.startsWith('packages/') || target.startsWith('node:') || !file.package) return false
      return !dependenciesOf(file.package).has(target)
    }),
  planted: { 'packages/core/src/a.ts': "import glob from 'fast-glob'" },
}

function dependenciesOf(name: string): Set<string> {
  const file = join(repositoryRoot, 'packages', name, 'package.json')
  if (!existsSync(file)) return new Set()
  const { dependencies = {}, peerDependencies = {} } = JSON.parse(readFileSync(file, 'utf8'))
  return new Set([...Object.keys(dependencies), ...Object.keys(peerDependencies)])
}

const pure: Wall = {
  name: 'core touches no disk, process, clock, chance or console',
  reason: 'the same text must give the same answer for a commit, the index and a merge that does not exist yet',
  find: (files) => {
    const core = files.filter(inFolder('core')).filter(shipped)
    return [
      ...importsWhere(core, ({ target }, file) => {
        if (!target.startsWith('node:')) return false
        return !(target === 'node:util' && file.path.startsWith('packages/core/src/report/'))
      }),
      ...globalsWhere(core, /^(?!Math\.(?!random)|Math$)/),
    ]
  },
  planted: {
    'packages/core/src/a.ts': "import { readFileSync } from 'node:fs'",
    'packages/core/src/b.ts': 'export const colour = process.env.NO_COLOR',
    'packages/core/src/c.ts': 'export const now = () => new Date()',
    'packages/core/src/d.ts': 'export const now = Date.now()',
    'packages/core/src/e.ts': "console.log('found')",
    'packages/core/src/f.ts': "import { spawn } from 'child_process'",
    'packages/core/src/g.ts': "import { styleText } from 'node:util'",
    'packages/core/src/h.ts': 'export const id = Math.random()',
    'packages/core/src/i.ts': "export const fs = () => import('node:fs')",
  },
}

const rulesAndReports: Wall = {
  name: 'rules never import reports; reports take only types from rules',
  reason: 'a rule returns facts; whoever prints them must not be able to decide what they are',
  find: (files) => [
    ...importsWhere(files.filter(inFolder('core/src/rules')).filter(shipped), ({ target }) =>
      target.startsWith('packages/core/src/report/'),
    ),
    ...importsWhere(
      files.filter(inFolder('core/src/report')).filter(shipped),
      ({ target, typeOnly }) => target.startsWith('packages/core/src/rules/') && !typeOnly,
    ),
  ],
  planted: {
    'packages/core/src/rules/a.ts': "import type { CheckReport } from '../report/report.js'",
    'packages/core/src/report/b.ts': "import { allRules } from '../rules/registry.js'",
  },
}

const plainGraph: Wall = {
  name: 'the graph algorithms know nothing but numbers and edges',
  reason: 'what walks a graph is tested with drawings of graphs, and serves revisions, rules and pictures alike',
  find: (files) =>
    importsWhere(
      files.filter(inFolder('core/src/graph')).filter(shipped),
      ({ target }) => !target.startsWith('packages/core/src/graph/'),
    ),
  planted: { 'packages/core/src/graph/a.ts': "import type { Revision } from '../revision/revision.js'" },
}

const oneDoor = (owner: string, label: string, isTarget: (target: string) => boolean, planted: string): Wall => ({
  name: `one module of ${owner} touches ${label}`,
  reason: 'what can hang, cost start-up time or change its API is replaced, bounded and tested in one place',
  find: (files) => secondImporters(files, owner, isTarget),
  planted: {
    [`packages/${owner}/src/one.ts`]: `import * as it from '${planted}'`,
    [`packages/${owner}/src/two.ts`]: `export const later = () => import('${planted}')`,
  },
})

const doors = [
  oneDoor('core', 'py-ast', (target) => target === 'py-ast', 'py-ast'),
  oneDoor('workspace', 'child processes', (target) => target === 'node:child_process', 'node:child_process'),
  oneDoor('workspace', 'threads', (target) => target === 'node:worker_threads', 'node:worker_threads'),
  ...['simple-git', 'fast-glob', 'jsonc-parser', 'smol-toml', 'ignore', '@cfworker/json-schema'].map((name) =>
    oneDoor('workspace', name, (target) => target === name, name),
  ),
  oneDoor('cli', '@clack/prompts', (target) => target === '@clack/prompts', '@clack/prompts'),
]

const publicNx: Wall = {
  name: 'the plugin uses only the public API of @nx/devkit',
  reason: 'nx/src/* moves with every major version, and one build serves Nx 21 to 24',
  find: (files) =>
    importsWhere(files, ({ specifier, typeOnly }, file) => {
      if (specifier === '@nx/devkit' || (file.isTest && specifier === '@nx/devkit/testing')) return false
      if (specifier.startsWith('@nx/') || specifier === 'nx' || specifier.startsWith('nx/')) return true
      return file.package !== 'nx' && specifier.startsWith('@nx') && !typeOnly
    }),
  planted: {
    'packages/nx/src/a.ts': "import { splitTarget } from 'nx/src/utils/split-target'",
    'packages/nx/src/b.ts': "import { x } from '@nx/devkit/internal'",
    'packages/nx/src/c.ts': "const nx = require('nx')",
  },
}

/** Every file that runs because `entry` is imported; lazy and type imports are not followed. */
export function startUpClosure(files: readonly SourceFile[], entry: string): Map<string, readonly string[]> {
  const byPath = new Map(files.map((file) => [file.path, file]))
  const reached = new Map<string, readonly string[]>([[entry, [entry]]])
  for (const [path, way] of reached) {
    for (const { target, typeOnly, lazy } of byPath.get(path)?.imports ?? []) {
      const source = target.replace(/^(packages\/[^/]+)\/(?:dist|bundle)\/(.*)\.[jt]s$/, '$1/src/$2.ts')
      if (!typeOnly && !lazy && !reached.has(source)) reached.set(source, [...way, source])
    }
  }
  return reached
}

const heavy = new Set([
  'py-ast',
  'simple-git',
  'fast-glob',
  '@cfworker/json-schema',
  '@clack/prompts',
  'typescript',
  'nx',
])

const startUp: Wall = {
  name: 'nothing heavy is loaded before it is needed',
  reason: 'a hook runs on every push; py-ast or simple-git at start-up would cost more than the check',
  find: (files) =>
    ['packages/cli/bin/onehead.js', 'packages/nx/src/index.ts'].flatMap((entry) =>
      [...startUpClosure(files, entry)].filter(([path]) => heavy.has(path)).map(([, way]) => way.join(' → ')),
    ),
  planted: {
    'packages/cli/bin/onehead.js': "import '../bundle/main.js'",
    'packages/cli/src/main.ts': "import { check } from '@onehead/workspace'",
    'packages/workspace/src/index.ts': "export * from './git/repository.js'",
    'packages/workspace/src/git/repository.ts': "import { simpleGit } from 'simple-git'",
  },
}

const acyclic: Wall = {
  name: 'modules do not import each other in a circle',
  reason: 'in a circle the first to load sees the others half made, and nothing in it can be understood alone',
  find: (files) => {
    const shippedFiles = files.filter(shipped)
    return shippedFiles.flatMap((file) =>
      file.imports
        .filter(({ typeOnly, lazy }) => !typeOnly && !lazy)
        .map(({ target }) => startUpClosure(shippedFiles, target).get(file.path))
        .filter((way) => way !== undefined && file.path === [...way].sort()[0])
        .map((way) => `${file.path} → ${way!.join(' → ')}`),
    )
  },
  planted: {
    'packages/core/src/a.ts': "import { b } from './b.js'",
    'packages/core/src/b.ts': "import { a } from './a.js'",
  },
}

/** Words that the design does not use, because Alembic, git or the reader already uses another. */
const unusedWords = /^(migration_?ids?|lea(f|ves)|tips?|conflicts?|issues?|problems?|violations?)$/i

const words: Wall = {
  name: 'names use the words of the design',
  reason: 'one thing has one name: Alembic says revision, head, branch point; a rule finds a diagnostic',
  find: (files) =>
    files
      .filter(shipped)
      .flatMap((file) =>
        file.declarations
          .filter(
            ({ name }) =>
              unusedWords.test(name) ||
              camelWords(name.replace(gitsWord, '').replace(verb, '')).some((word) => unusedWords.test(word)),
          )
          .map(({ name, line }) => `${file.path}:${line} declares ${name}`),
      ),
  planted: {
    'packages/core/src/a.ts': 'export const migrationId = 1',
    'packages/core/src/b.ts': 'export function findLeaves() {}',
    'packages/core/src/c.ts': 'export interface GraphProblem { readonly text: string }',
  },
}

/** What git calls so, and we only where we mean git's: a text that it cannot merge by itself. */
const gitsWord = /textualConflicts?$/i
/** A downgrade that leaves something behind has no leaves. */
const verb = /^downgradeLeaves/

/** `findLeafHeads` → find, Leaf, Heads, findLeaf, LeafHeads. */
function camelWords(name: string): string[] {
  const single = name.split(/(?=[A-Z])|_/)
  return [...single, ...single.slice(1).map((word, index) => `${single[index]}${word}`)]
}

const size: Wall = {
  name: 'no file is longer than 400 lines',
  reason: 'a file that outgrows a reader does more than one thing',
  find: (files) =>
    files
      .filter(shipped)
      .filter((file) => file.lines > 400)
      .map((file) => `${file.path} has ${file.lines} lines`),
  planted: { 'packages/core/src/a.ts': '// a line\n'.repeat(401) },
}

const noAwait: Wall = {
  name: 'packages run without top-level await',
  reason: 'Nx loads the plugin with require(), which refuses a module graph that waits',
  find: (files) =>
    files
      .filter((file) => shipped(file) && file.path.includes('/src/'))
      .filter((file) => /^(export )?((const|let) .*= )?await /m.test(file.text))
      .map((file) => file.path),
  planted: { 'packages/nx/src/a.ts': "const { check } = await import('@onehead/workspace')" },
}

export const walls: readonly Wall[] = [
  direction,
  declared,
  pure,
  rulesAndReports,
  plainGraph,
  ...doors,
  publicNx,
  startUp,
  acyclic,
  words,
  size,
  noAwait,
]
