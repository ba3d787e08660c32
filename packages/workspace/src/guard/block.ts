import { createHash } from 'node:crypto'
import type { Bytes } from '../hooks/hook-file.js'
import { joinWords } from '../processes/words.js'

/** How the block begins and ends; a checksum follows the first mark. */
export const GUARD_MARKS = { start: '# >>> onehead guard ', end: '# <<< onehead guard <<<' } as const

export interface GuardWish {
  /** As `expectedHeads` of onehead.json. */
  readonly expectedHeads: number | readonly string[]
  /** What `onehead fix` is to be told; null where one env.py serves several environments. */
  readonly environment: string | null
  /** One step of indentation. */
  readonly indent: string
}

/**
 * The lines of the block, for every Python and Alembic there is: plain ASCII, no name left behind but the function's, and laid
 * out so that Black and Ruff leave it alone. Only what goes to heads is stopped: `downgrade`, `current`, `check`, and a stamp or an upgrade
 * of onehead, which has judged already, go.
 */
export function guardBlock(wish: GuardWish): readonly string[] {
  const body = [...START, ...counting(wish.expectedHeads), ...stopping(wish)].map((line) =>
    line.replace(/^(?: {4})+/, (spaces) => wish.indent.repeat(spaces.length / 4)),
  )
  return [`${GUARD_MARKS.start}${checksum(body)} >>> \`onehead init --guard\` renews it`, ...body, GUARD_MARKS.end]
}

const START = [
  'def _onehead_guard() -> None:',
  '    """Stop an upgrade while this history has more heads than it should."""',
  '    import os',
  '',
  '    from alembic import context, util',
  '',
  '    options = getattr(vars(context).get("_proxy"), "context_opts", {})',
  '    runs = getattr(options.get("fn"), "__qualname__", "").split(".")[0]',
  '    if runs == "stamp":',
  '        goes = not {"head", "heads"}.isdisjoint(options["destination_rev"])',
  '    elif runs == "revision":',
  '        asked = options["revision_context"].command_args.get("head")',
  '        goes = asked in (None, "head")',
  '    else:',
  '        goes = runs == "upgrade"',
  '    if not goes or os.environ.get("ONEHEAD_GUARD") == "off":',
  '        return',
  '    heads = sorted(context.script.get_heads())',
]

function counting(expected: GuardWish['expectedHeads']): readonly string[] {
  if (typeof expected === 'number') return [`    if len(heads) <= ${expected}:`, '        return']
  return [
    `    branches = [${expected.map(pythonText).join(', ')}]`,
    '    found = []',
    '    for head in heads:',
    '        labels = context.script.get_revision(head).branch_labels',
    '        found.append(next((one for one in branches if one in labels), None))',
    '    if None not in found and len(set(found)) == len(heads):',
    '        return',
  ]
}

function stopping({ expectedHeads, environment }: GuardWish): readonly string[] {
  const expected = typeof expectedHeads === 'number' ? expectedHeads : expectedHeads.length
  const said = expected === 1 ? '' : `, ${expected} expected`
  const command = joinWords(['npx', 'onehead', 'fix', ...(environment === null ? [] : [environment])])
  return [
    '    ids = ", ".join(heads)',
    '    raise util.CommandError(',
    `        f"this history has {len(heads)} heads ({ids})${said}; nothing was run. "`,
    `        ${pythonText(`Run: ${command} `)}`,
    '        "(or set ONEHEAD_GUARD=off to go on all the same)"',
    '    )',
    '',
    '',
    '_onehead_guard()',
  ]
}

/** A literal in ASCII: the encoding of the file does not matter. */
function pythonText(text: string): string {
  const escaped = text.replace(/[\\"]|[^ -~]/gu, (character) => {
    const code = character.codePointAt(0)!
    return code < 128 && code >= 32 ? `\\${character}` : `\\U${code.toString(16).padStart(8, '0')}`
  })
  return `"${escaped}"`
}

/** Of what the lines say: a formatter that changes quotes, spaces and line breaks has edited nothing. */
export function checksum(body: readonly string[]): string {
  const said = body.join('').replace(/[\s'",()]/g, '')
  return createHash('sha256').update(said, 'latin1').digest('hex').slice(0, 12)
}

/** What a block that is there is worth: `edited` where somebody has changed what it says, `other` where it is of another version or wish. */
export function judgeBlock(block: Bytes, wanted: readonly string[]): 'current' | 'other' | 'edited' {
  const [first = '', ...rest] = block.trimEnd().split(/\r?\n/)
  const own = first.slice(GUARD_MARKS.start.length).split(' ')[0]
  const said = checksum(rest.slice(0, -1))
  if (own !== said) return 'edited'
  return said === checksum(wanted.slice(1, -1)) ? 'current' : 'other'
}
