import { resolve } from 'node:path'
import type { ExecutorContext } from '@nx/devkit'
import { formatRehearsal, formatRehearsalJson, isRehearsedWell, visible } from '@onehead/core'
import { type RehearseProgress, rehearse } from '@onehead/workspace'
import { runDatabase } from '../database/run-database.js'
import type { RehearseExecutorOptions } from './options.js'

/** `nx run app:migrate-rehearse`: runs on copies of the databases what an upgrade would run, up, down and up again. */
export default function rehearseExecutor(
  options: RehearseExecutorOptions,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  const { from, empty, since, mergeWith, remote, keep, timeoutSeconds, strict = false } = options
  return runDatabase('rehearse', options, context, async ({ given, isText, look }) => {
    const { environments, stopped } = await rehearse({
      ...given,
      ...(from === undefined ? {} : { from: resolve(context.root, from) }),
      ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
      ...{ empty: empty ?? false, since: since ?? null, mergeWith: mergeWith ?? null, strict },
      ...{ remote: remote ?? false, keep: keep ?? false },
      noRows: options.noRows === true || options.rows === false,
      onProgress: (step) => tellStep(step, isText),
    })
    const success = stopped === null && environments.every((one) => isRehearsedWell(one, strict))
    if (!isText) return { success, text: formatRehearsalJson(environments) }
    const stopping = stopped === null ? '' : `stopped by ${stopped}: not every environment was rehearsed\n`
    return { success, text: formatRehearsal(environments, { ...look, strict }) + stopping }
  })
}

function tellStep(step: RehearseProgress, isText: boolean): void {
  if (step.kind === 'output') process.stderr.write(`${visible(step.line)}\n`)
  else if (isText && step.kind !== 'done') process.stdout.write(`  ${visible(step.environment)}: ${sayStep(step)}\n`)
}

const WAYS = { up: 'up', down: 'down', 'up-again': 'up again' } as const

function sayStep(step: Exclude<RehearseProgress, { kind: 'output' | 'done' }>): string {
  switch (step.kind) {
    case 'copy':
      return `copying ${visible(step.original)}`
    case 'step':
      return `${step.number}/${step.of} ${visible(step.revision)} ${WAYS[step.step]}`
    case 'other-order':
      return 'the branches in their other order'
  }
}
