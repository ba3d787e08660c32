/** More is never read: of a longer text the beginning goes, because the error stands at its end. */
const MOST_CHARACTERS = 16 << 20

/** A longer line is data. */
const LONGEST_LINE = 4000

/** Colours and cursor movements, titles of windows, links. */
const ESCAPES = /\x1b(?:\[[0-?]{0,40}[ -/]{0,4}[@-~]|\][^\x07\x1b]{0,2000}(?:\x07|\x1b\\)|[@-Z\\^_])/g

/** What CI systems, containers and log collectors put before each line. */
const PREFIXES = new RegExp(
  `^(?:${[
    '\\ufeff',
    // GitHub, GitLab, Kubernetes, Jenkins, Heroku
    String.raw`\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?\]? ?(?:\d\d[OE]\+? ?)?`,
    String.raw`\[?\d\d:\d\d:\d\d(?:[.,]\d{1,9})?\]?(?= )`,
    String.raw`[A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d [\w.-]{1,80}`,
    // Docker compose and BuildKit
    String.raw`[\w.-]{1,60} {0,30}\| `,
    String.raw`#\d{1,4} \d{1,6}\.\d{1,4} `,
    String.raw`[\w.-]{1,60}(?:\[[\w.-]{1,40}\])?:(?= +(?:File "|Traceback ))`,
    String.raw`(?:app|web|release)?\[[\w.-]{1,40}\]: `,
    String.raw`##\[\w{1,20}\]|::(?:error|warning)[^:]{0,200}::`,
    // pytest, and mail
    'E {3}',
    '(?:> ?){1,4}',
  ].join('|')})`,
)

/**
 * A pasted text as the program printed it, line by line: without colours, line ends of other systems, and what logs put before each line.
 * Takes time by its length only.
 */
export function cleanLines(text: string): readonly string[] {
  return text
    .slice(-MOST_CHARACTERS)
    .split(/\r\n|\n|\r/)
    .map(cleanLine)
}

function cleanLine(line: string): string {
  if (line === '') return line
  const cut = line.length > LONGEST_LINE ? line.slice(0, LONGEST_LINE) : line
  let clean = cut.includes('\x1b') ? cut.replace(ESCAPES, '') : cut
  for (let round = 0; round < 3; round++) {
    const shorter = clean.replace(PREFIXES, '')
    if (shorter === clean) break
    clean = shorter
  }
  return clean.trimEnd()
}

/** All white space as single spaces. */
export function evened(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
