import type { History } from '../history/history.js'
import type { Script } from '../script/script.js'
import { misspeltIn } from './misspelt-identifier.js'
import { defineRule, type Finding, type Fix, type RuleContext } from './rule.js'
import { reparentEdits } from './support/edits.js'
import {
  isMergeWithoutParents,
  lineageHeads,
  lineageSize,
  MERGE_WITHOUT_PARENTS,
  trueHeads,
} from './support/lineage.js'
import { meetingPoints } from './support/picture.js'

export const secondBase = defineRule({
  name: 'second-base',
  severity: 'warn',
  scope: 'graph',
  summary: 'a history begins in more than one place',
  check(context) {
    const { history } = context
    if (history.error !== null || history.uncertain) return []
    const expected = expectedBases(history)
    if (history.map.bases.length <= expected || apart(history)) return []
    const bases = history.map.bases.flatMap((id) => history.map.get(id) ?? [])
    const accidental = bases.filter((script) => script.branchLabels.length === 0 && script.dependsOn.length === 0)
    const main = mainBase(history, bases)
    return accidental
      .filter((script) => script !== main && misspeltIn(script.reading, script).length === 0)
      .map((script) => finding(context, script, main))
  },
})

function expectedBases({ environment: { settings } }: History): number {
  return typeof settings.expectedHeads === 'number' ? settings.expectedHeads : settings.expectedHeads.length
}

/** Lines that never meet end in several heads: multiple-heads says that, and why. */
function apart(history: History): boolean {
  const heads = trueHeads(history)
  return heads.length > expectedBases(history) && meetingPoints(history, heads).includes(null)
}

/** The one that most of the history stands on; the first of several. */
function mainBase(history: History, bases: readonly Script[]): Script | undefined {
  let main: Script | undefined
  let most = 0
  for (const script of bases) {
    const size = lineageSize(history, script.revision)
    if (size > most) {
      main = script
      most = size
    }
  }
  return main
}

function finding(context: RuleContext, script: Script, main: Script | undefined): Finding {
  const notes = [`the history begins at ${main?.revision}, and here as well`]
  if (isMergeWithoutParents(script)) notes.push(MERGE_WITHOUT_PARENTS)
  return {
    message: `revision "${script.revision}" is a second base`,
    labels: [{ path: script.path, span: script.spans.downRevision, text: 'no parent' }],
    notes,
    help: helpOf(context, script),
    fix: fixOf(context, script),
    key: [script.revision],
  }
}

/** What is published stays as it is: then only a reason can be added. */
function helpOf(context: RuleContext, script: Script): string {
  if (context.isPublished(script.revision)) return 'say why it stays: `# onehead: ignore second-base — <reason>`'
  if (!isMergeWithoutParents(script)) {
    return 'name the revision that comes before, or give the base a branch label when it is meant to be one'
  }
  const isFollowed = context.history.map.children(script.revision).length > 0
  const cure = 'merge with `flask db merge` and the ids of both heads'
  return isFollowed ? `take it out of the parents of what follows, and ${cure}` : `delete the script, and ${cure}`
}

/** A base that nothing follows yet can be put on top of the only other head. */
function fixOf(context: RuleContext, script: Script): Fix | null {
  const { history } = context
  if (context.mayBePublished(script.revision) || isMergeWithoutParents(script)) return null
  const own = lineageHeads(history, script.revision)
  const others = trueHeads(history).filter((head) => !own.includes(head))
  if (others.length !== 1) return null
  const edits = reparentEdits(context, script, null, others[0]!)
  return edits && { applicability: 'ask', edits, command: null }
}
