/** Everything drawn: one set for terminals that show Unicode, one for those that do not. */
export interface Glyphs {
  readonly bar: string
  readonly place: string
  readonly branch: string
  readonly last: string
  readonly primary: string
  readonly secondary: string
  readonly gap: string
  readonly ellipsis: string
  readonly success: string
  readonly failure: string
  readonly warning: string
  readonly unknown: string
  readonly separator: string
  readonly bullet: string
  readonly head: string
  readonly revision: string
  /** Lane pieces by the sides they connect: 1 = up, 2 = down, 4 = left, 8 = right. */
  readonly lanes: readonly string[]
  readonly indirect: string
  readonly elided: string
}

export const UNICODE: Glyphs = {
  bar: '│',
  place: '╭▸',
  branch: '├',
  last: '╰',
  primary: '━',
  secondary: '─',
  gap: '┆',
  ellipsis: '…',
  success: '✔',
  failure: '✖',
  warning: '▲',
  unknown: '?',
  separator: '·',
  bullet: '•',
  head: '◆',
  revision: '○',
  lanes: [' ', '│', '│', '│', '─', '╯', '╮', '┤', '─', '╰', '╭', '├', '─', '┴', '┬', '┼'],
  indirect: '╎',
  elided: '~',
}

export const ASCII: Glyphs = {
  bar: '|',
  place: '-->',
  branch: '=',
  last: '=',
  primary: '^',
  secondary: '-',
  gap: ':',
  ellipsis: '...',
  success: 'ok:',
  failure: 'x',
  warning: '!',
  unknown: '?',
  separator: '-',
  bullet: '*',
  head: '*',
  revision: 'o',
  lanes: [' ', '|', '|', '|', '-', "'", '.', '+', '-', '`', '.', '+', '-', '+', '+', '+'],
  indirect: ':',
  elided: '~',
}
