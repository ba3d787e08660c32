import { type Diagnostic, type Fact, isRuleName, reportEnvironment, type Subject, shellWord } from '@onehead/core'
import { check } from '../use-cases/check.js'
import { type Case, type Found, type Look, NOTHING, type Surroundings } from './found.js'
import { findLandingName } from './landing-name.js'

/** So many findings explain an error; more are a list. */
const MOST_FINDINGS = 3

/** What the rules that belong to an error find in the scripts as they are. */
export const lookAtRules: Look = async (surroundings, about) => {
  const diagnostics = await judge(surroundings, about, null)
  return asFound(
    diagnostics.filter((one) => isAbout(one, about.error.subject)),
    '',
  )
}

/** The same once the target is merged: what CI sees is not what lies on disk. Only where the working tree itself has nothing. */
export const lookAtMerge: Look = async (surroundings, about) => {
  const here = await judge(surroundings, about, null)
  if (here.length > 0) return NOTHING
  const { root } = surroundings.options
  const target = await findLandingName(root, surroundings.workspace.configuration)
  const merged = target === null ? [] : await judge(surroundings, about, target).catch(() => [])
  if (merged.length > 0) return asFound(merged, `once ${target} is merged, `)
  return none(about, target)
}

/** The fault is not here: a repair of this tree would find nothing to do. */
function none({ concerned, error }: Case, target: string | null): Found {
  const isOne = concerned.length === 1
  const who = isOne
    ? `the history of ${concerned[0]!.environment.name} has`
    : `the ${concerned.length} histories here have`
  const isAboutHeads = error.known.rules.includes('multiple-heads')
  const haveOneHead = concerned.every((history) => reportEnvironment(history).heads?.length === 1)
  const told = (what: string, also: string): Fact => ({
    environment: null,
    message: `${who} ${what} in the working tree${target === null ? '' : `, ${also} once ${target} is merged`}: the error comes from another commit, or another folder`,
    places: [],
  })
  const name = isOne ? ` ${shellWord(concerned[0]!.environment.name)}` : ''
  if (!isAboutHeads) return { facts: [told('no such fault', 'nor')], command: `onehead check${name}` }
  if (!haveOneHead) return { facts: [told('no such fault', 'nor')], help: ALL_HEADS, command: `onehead heads${name}` }
  return { facts: [told(`one head${isOne ? '' : ' each'}`, 'also')], help: AGAIN, command: `onehead status${name}` }
}

const ALL_HEADS = 'say which head is meant, or all of them: `heads` instead of `head`'
const AGAIN =
  'pull where it was printed, and run the same again there; if it fails again, it is another folder or another database than this one'

const judged = new WeakMap<Case, Promise<readonly Diagnostic[]>>()

/** @param mergeWith a branch, or null for the working tree, which is judged once for each error */
function judge(surroundings: Surroundings, about: Case, mergeWith: string | null): Promise<readonly Diagnostic[]> {
  const known = mergeWith === null ? judged.get(about) : undefined
  const asked = known ?? judgeAnew(surroundings, about, mergeWith)
  if (mergeWith === null) judged.set(about, asked)
  return asked
}

async function judgeAnew(
  { options, workspace }: Surroundings,
  { error, concerned }: Case,
  mergeWith: string | null,
): Promise<readonly Diagnostic[]> {
  const rules = error.known.rules.filter(isRuleName)
  if (rules.length === 0) return []
  const names =
    concerned.length === workspace.environments.length
      ? (options.environments ?? [])
      : concerned.map(({ environment }) => environment.name)
  const { report } = await check({
    ...options,
    environments: names,
    rules,
    scripts: 'all',
    baseline: false,
    ...(mergeWith === null ? {} : { mergeWith }),
  })
  return report.diagnostics.filter(({ rule }) => (rules as readonly string[]).includes(rule))
}

/** An error about a table says nothing of findings on others. */
function isAbout({ message, labels, notes }: Diagnostic, { table, column, name }: Subject): boolean {
  const words = [column, name, column === undefined && name === undefined ? table : undefined].filter(
    (one) => one !== undefined,
  )
  if (words.length === 0) return true
  const text = [message, ...labels.map((label) => label.text), ...notes].join(' ')
  return words.some((word) => hasWord(text, word.slice(word.lastIndexOf('.') + 1)))
}

function hasWord(text: string, word: string): boolean {
  return new RegExp(`(?<![\\w])${word.replace(/[.*+?^\u0024{}()|[\]\\]/g, '\\$&')}(?![\\w])`).test(text)
}

function asFound(diagnostics: readonly Diagnostic[], before: string): Found {
  const [first] = diagnostics
  if (first === undefined) return NOTHING
  const facts = diagnostics.slice(0, MOST_FINDINGS).map(
    ({ environment, message, labels }): Fact => ({
      environment,
      message: `${before}${message}`,
      places: labels.slice(0, 4).map(({ path, range, text }) => ({ path, ...startOf(range), text })),
    }),
  )
  const more = diagnostics.length - facts.length
  if (more > 0) facts.push({ environment: null, message: `and ${more} more: \`onehead check\` lists them`, places: [] })
  const { help, fix, rewrite } = first
  return { facts, help, command: fix?.command ?? null, rewrite }
}

const startOf = ({ start }: Diagnostic['labels'][number]['range']) => ({ line: start.line, column: start.column })
