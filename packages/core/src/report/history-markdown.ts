import type { HistoryReport, RevisionReport } from './report.js'

const BEGIN = '<!-- onehead history: managed block, written by the command below -->'
const END = '<!-- onehead history: end -->'

/**
 * The revisions of each environment as a list for people, the oldest first, between two marks, so that text around it stays
 * theirs. Environments without any are left out. Ends with a line end.
 *
 * @param title such as `Custom migrations`
 * @param command what writes this, without the file
 */
export function formatHistoryMarkdown(
  environments: readonly HistoryReport[],
  { title, command }: { readonly title: string; readonly command: string },
): string {
  const lists = environments.flatMap(({ name, revisions }) => {
    const listed = [...(revisions ?? [])].reverse().map(item)
    return listed.length === 0 ? [] : [`### ${escaped(name)}\n\n${listed.join('\n')}`]
  })
  const body = lists.length === 0 ? 'None.' : lists.join('\n\n')
  return `${BEGIN}\n<!-- ${command} -->\n\n## ${title}\n\n${body}\n\n${END}\n`
}

function item({ revision, message, downRevisions }: RevisionReport): string {
  const merges = downRevisions.length > 1 ? ` (merges ${downRevisions.map((id) => `\`${id}\``).join(', ')})` : ''
  return `- \`${revision}\` ${escaped(message.split('\n', 1)[0] ?? '') || 'no message'}${merges}`
}

/** What would be markup in a line of text. */
function escaped(text: string): string {
  return text.replace(/[\\`*_[\]<>#|]/g, (character) => `\\${character}`)
}

/** The block in a document, marks included; null where it has none. Line ends are those of the block given out here. */
export function findHistoryBlock(document: string): string | null {
  const text = document.replaceAll('\r\n', '\n')
  const start = text.indexOf(BEGIN)
  const end = text.indexOf(END, start)
  return start === -1 || end === -1 ? null : `${text.slice(start, end + END.length)}\n`
}

/** The document with this block in place of its own, or at its end where it has none; line ends as the document has them. */
export function withHistoryBlock(document: string, block: string): string {
  const lineEnd = document.includes('\r\n') ? '\r\n' : '\n'
  const own = block.replaceAll('\n', lineEnd)
  const start = document.indexOf(BEGIN)
  const end = document.indexOf(END, start)
  if (start === -1 || end === -1)
    return document === '' ? own : `${document.replace(/\s*$/, '')}${lineEnd}${lineEnd}${own}`
  return document.slice(0, start) + own.trimEnd() + document.slice(end + END.length)
}
