import { managedBlock, quote } from './block.js'
import type { FileFact, InstallationFacts } from './facts.js'
import { calls } from './hook-file.js'
import { type HookName, isGate, readsInput } from './hook-names.js'
import { presentManagers } from './manager.js'
import { lefthookInstall } from './package-manager.js'

/** Text for a file that onehead does not edit: somebody else's YAML keeps its comments and its order. */
export interface Snippet {
  readonly file: string
  readonly language: 'yaml' | 'json' | 'toml'
  readonly text: string
  /** Why it looks the way it does, in a sentence. */
  readonly why: string
  /** What makes the manager read it. */
  readonly command: string
}

export type SnippetManager = 'lefthook' | 'pre-commit' | 'simple-git-hooks'

/** What has to be pasted for `hooks` to run through a manager that keeps its own configuration. */
export function snippetFor(manager: SnippetManager, hooks: readonly HookName[], facts: InstallationFacts): Snippet {
  switch (manager) {
    case 'lefthook':
      return lefthookSnippet(hooks, facts.lefthook?.path ?? 'lefthook.yml', lefthookInstall(facts))
    case 'pre-commit':
      return preCommitSnippet(hooks, toolCommand(facts), facts.preCommit?.path ?? '.pre-commit-config.yaml')
    case 'simple-git-hooks':
      return simpleGitHooksSnippet(hooks, toolCommand(facts), simpleGitHooksFile(facts))
  }
}

function toolCommand(facts: InstallationFacts): string {
  return facts.tool?.path ?? 'onehead'
}

function simpleGitHooksFile(facts: InstallationFacts): string {
  if (facts.simpleGitHooks !== null) return facts.simpleGitHooks.path
  return facts.package === null || facts.package.directory === ''
    ? 'package.json'
    : `${facts.package.directory}/package.json`
}

/** The name of the script in each of lefthook's folders. */
export const LEFTHOOK_SCRIPT = 'onehead.sh'

function lefthookSnippet(hooks: readonly HookName[], file: string, command: string): Snippet {
  const why =
    'a script, because lefthook skips a plain `run:` of pre-push when the branch pushed is not the one checked out'
  const entry = (name: HookName) => ({ runner: 'sh', use_stdin: readsInput(name) })
  const shared = { file, why, command }
  if (file.endsWith('.json')) {
    const tree = Object.fromEntries(hooks.map((name) => [name, { scripts: { [LEFTHOOK_SCRIPT]: entry(name) } }]))
    return { ...shared, language: 'json', text: JSON.stringify(tree, null, 2) }
  }
  const isToml = file.endsWith('.toml')
  const lines = hooks.flatMap((name) =>
    isToml
      ? [`[${name}.scripts."${LEFTHOOK_SCRIPT}"]`, 'runner = "sh"', ...(readsInput(name) ? ['use_stdin = true'] : [])]
      : [
          `${name}:`,
          '  scripts:',
          `    "${LEFTHOOK_SCRIPT}":`,
          '      runner: sh',
          ...(readsInput(name) ? ['      use_stdin: true'] : []),
        ],
  )
  return { ...shared, language: isToml ? 'toml' : 'yaml', text: lines.join('\n') }
}

/** Where lefthook looks for the script of a hook: `source_dir` of its configuration, else `.lefthook`. */
export function lefthookScript(config: FileFact | null, name: HookName): string {
  const set = config === null ? null : /^\s*"?source_dir"?\s*[:=]\s*["']?([^"'\s,#]+)/m.exec(config.text)
  return `${(set?.[1] ?? '.lefthook').replace(/^\.\/|\/+$/g, '')}/${name}/${LEFTHOOK_SCRIPT}`
}

/** The script itself is ours from the first line to the last, so it is written and kept up to date. */
export function lefthookScriptLines(name: HookName, tool: string | null): readonly string[] {
  return ['#!/bin/sh', ...managedBlock(name, { tool })]
}

function preCommitSnippet(hooks: readonly HookName[], tool: string, file: string): Snippet {
  // `pre-merge-commit` is a hook type of its own there too, and the others have git's names.
  const types = ['pre-commit', ...hooks.filter((name) => name !== 'pre-commit')]
  const why = '`verbose` because pre-commit hides what a hook says that does not fail'
  const command = 'pre-commit install'
  if (file.endsWith('.toml')) {
    const lines = [
      `default_install_hook_types = [${types.map((name) => `"${name}"`).join(', ')}]`,
      '',
      '[[repos]]',
      'repo = "local"',
      ...hooks.flatMap((name) => [
        '',
        '[[repos.hooks]]',
        `id = "onehead-${name}"`,
        `name = "onehead ${name}"`,
        `entry = ${JSON.stringify(`${quote(tool)} hook ${name}`)}`,
        'language = "system"',
        `stages = ["${name}"]`,
        'always_run = true',
        'pass_filenames = false',
        'verbose = true',
      ]),
    ]
    return { file, language: 'toml', text: lines.join('\n'), why, command: 'prek install' }
  }
  const lines = [
    `default_install_hook_types: [${types.join(', ')}]`,
    'repos:',
    '  - repo: local',
    '    hooks:',
    ...hooks.flatMap((name) => [
      `      - id: onehead-${name}`,
      `        name: onehead ${name}`,
      `        entry: ${quote(tool)} hook ${name}`,
      '        language: system',
      `        stages: [${name}]`,
      '        always_run: true',
      '        pass_filenames: false',
      '        verbose: true',
    ]),
  ]
  return { file, language: 'yaml', text: lines.join('\n'), why, command }
}

function simpleGitHooksSnippet(hooks: readonly HookName[], tool: string, file: string): Snippet {
  const commands = Object.fromEntries(
    hooks.map((name) => [name, `${quote(tool)} hook ${name} "$@"${isGate(name) ? '' : ' || true'}`]),
  )
  const isManifest = file.endsWith('package.json')
  return {
    file,
    language: 'json',
    text: isManifest ? `"simple-git-hooks": ${JSON.stringify(commands, null, 2)}` : JSON.stringify(commands, null, 2),
    why: 'here and not in the hooks, because simple-git-hooks rewrites those and deletes what its configuration does not name',
    command: 'npx simple-git-hooks',
  }
}

/** Whether the configuration of a manager already calls onehead for a hook: read as text, line by line. */
export function configurationCalls(facts: InstallationFacts, manager: SnippetManager, name: HookName): boolean {
  if (!presentManagers(facts).includes(manager)) return false
  switch (manager) {
    case 'lefthook':
      return facts.lefthook !== null && lefthookEntry(facts.lefthook.text, name) !== null
    case 'pre-commit':
      return facts.preCommit !== null && uncommented(facts.preCommit.text).some((line) => calls(line, name))
    case 'simple-git-hooks': {
      const table = facts.package?.content?.simpleGitHooks?.[name]
      return (
        (table !== undefined && calls(table, name)) ||
        (facts.simpleGitHooks !== null && uncommented(facts.simpleGitHooks.text).some((line) => calls(line, name)))
      )
    }
  }
}

/** How lefthook's configuration starts a hook of onehead: by the script, or by a plain command that it may skip. */
export function lefthookEntry(text: string, name: HookName): 'script' | 'run' | 'run with files' | null {
  const section = lefthookSection(text, name)
  if (section.some((line) => line.includes(LEFTHOOK_SCRIPT))) return 'script'
  const run = section.find((line) => calls(line, name))
  if (run === undefined) return null
  return /\{(?:files|push_files|all_files|staged_files)\}/.test(run) ? 'run with files' : 'run'
}

/** The lines below `pre-push:` or `[pre-push…]`, up to the next key at the left; of JSON, what stands under the key. */
function lefthookSection(text: string, name: HookName): readonly string[] {
  if (text.trimStart().startsWith('{')) {
    try {
      return JSON.stringify(JSON.parse(text)[name] ?? null, null, 1)
        .replaceAll('\\"', '"')
        .split('\n')
    } catch {
      return []
    }
  }
  const begins = new RegExp(`^(?:["']?${name}["']?\\s*:|\\[\\[?["']?${name}["'.\\]])`)
  const found: string[] = []
  let inside = false
  for (const line of uncommented(text)) {
    if (/^[\w"'[]/.test(line)) inside = begins.test(line)
    if (inside) found.push(line)
  }
  return found
}

function uncommented(text: string): readonly string[] {
  return text.split(/\r?\n/).filter((line) => !/^\s*(?:#|\/\/)/.test(line))
}
