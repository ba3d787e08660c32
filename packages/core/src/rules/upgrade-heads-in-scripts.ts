import type { Span } from '../text/span.js'
import { type CommandFile, defineRule, type Finding } from './rule.js'

export const upgradeHeadsInScripts = defineRule({
  name: 'upgrade-heads-in-scripts',
  severity: 'warn',
  scope: 'graph',
  summary: '`upgrade heads` in a script or a recipe hides that a history has forked',
  checkCommands: ({ files, severalHeads }) => (severalHeads ? [] : files.flatMap(findingsIn)),
})

/** The word `heads`; words may stand in quotes, with commas between them, as in a Dockerfile. */
const UPGRADE_HEADS = /\bupgrade["'\\]*,?[ \t]+["'\\]*(heads)(?![\w@:.-])/g
const RUNS_ALEMBIC = /\b(?:alembic|flask|db)\b/

function findingsIn({ path, content }: CommandFile): readonly Finding[] {
  // A character for a byte, so that places are offsets.
  const text = new TextDecoder('latin1').decode(content)
  return [...text.matchAll(UPGRADE_HEADS)].flatMap((match) => {
    const end = match.index + match[0].length
    const before = commandBefore(text, match.index)
    if (!RUNS_ALEMBIC.test(before) || isComment(before)) return []
    return [finding(path, { start: end - 'heads'.length, end }, before.trim())]
  })
}

function finding(path: string, span: Span, command: string): Finding {
  return {
    message: '`upgrade heads` hides a history that has forked',
    labels: [{ path, span, text: 'whatever heads there are' }],
    notes: [
      'with two heads `upgrade head` stops and says so; `upgrade heads` runs both, in an order that nobody has tried, and every later command that needs one head fails elsewhere',
    ],
    help: 'write `head`; where several heads are right, say so: `expectedHeads` in onehead.json',
    fix: { applicability: 'ask', edits: [{ path, span, text: 'head' }], command: null },
    key: [path, command],
  }
}

/** The line up to there, with the lines before it that end in a backslash. */
function commandBefore(text: string, offset: number): string {
  let start = text.lastIndexOf('\n', offset - 1) + 1
  while (start > 1 && /\\\r?$/.test(text.slice(text.lastIndexOf('\n', start - 2) + 1, start - 1))) {
    start = text.lastIndexOf('\n', start - 2) + 1
  }
  return text.slice(start, offset)
}

function isComment(line: string): boolean {
  return /^\s*(?:#|\/\/|::|rem\b)/i.test(line)
}
