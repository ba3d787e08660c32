import type { FileFact, InstallationFacts } from './facts.js'
import { findBlock, isEmptyHook, takeBlock } from './hook-file.js'
import { type HookName, hookNames } from './hook-names.js'
import { chooseManager } from './manager.js'
import type { FileEdit, InstallationPlan, PlannedHook, Refusal } from './plan.js'
import { configurationCalls, type SnippetManager } from './snippets.js'

/** Plans `--uninstall`: every managed block goes, wherever it stands, and the file with it when nothing else is left in it. */
export function planRemoval(facts: InstallationFacts): InstallationPlan {
  const files = [...facts.hookFiles.values(), ...facts.scripts.values()].filter(
    ({ text }) => findBlock(text).kind !== 'none',
  )
  const torn = files.flatMap(refuseTorn)
  const removable = torn.length > 0 ? [] : files
  const managers: readonly SnippetManager[] = ['lefthook', 'pre-commit', 'simple-git-hooks']
  const left = managers.flatMap((kind) => {
    const names = hookNames.filter((name) => configurationCalls(facts, kind, name))
    return names.length === 0 ? [] : [`${kind} (${names.join(', ')})`]
  })
  return {
    manager: chooseManager(facts),
    hooks: removable.map(({ path }): PlannedHook => ({ name: hookOf(path), path, change: 'removed' })),
    edits: removable.map(removeFrom),
    prepareHusky: null,
    settings: [],
    snippet: null,
    refusals: torn,
    warnings: [],
    install: null,
    next: [
      ...(left.length > 0
        ? [`take the lines that call onehead out of the configuration of ${left.join(' and ')}`]
        : []),
      ...(removable.length > 0 && facts.package?.content?.declaresHusky
        ? ['husky stays in package.json: it may serve others']
        : []),
      ...settingsLeft(facts),
    ],
  }
}

/** They are the operator's own, and may have been there before us. */
function settingsLeft({ fetch, target }: InstallationFacts): readonly string[] {
  const keys = [...(fetch === null ? [] : ['onehead.fetch']), ...(target === null ? [] : ['onehead.target'])]
  if (keys.length === 0) return []
  const commands = keys.map((key) => `git config --unset ${key}`)
  return [
    `${keys.join(' and ')} ${keys.length === 1 ? 'stays' : 'stay'}; to take ${keys.length === 1 ? 'it' : 'them'} out: \`${commands.join(' && ')}\``,
  ]
}

function refuseTorn({ path, text }: FileFact): readonly Refusal[] {
  const place = findBlock(text)
  if (place.kind !== 'torn') return []
  return [{ path, message: `${path} ${place.reason}`, help: 'delete what is left of the block by hand' }]
}

function removeFrom({ path, text, executable }: FileFact): FileEdit {
  const rest = takeBlock(text)
  return { path, before: text, after: isEmptyHook(rest) ? null : rest, executable }
}

/** `.husky/pre-push` and `.lefthook/pre-push/onehead.sh` → `pre-push`. */
function hookOf(path: string): HookName {
  return path
    .split('/')
    .reverse()
    .find((part): part is HookName => (hookNames as readonly string[]).includes(part))!
}
