/** Words that mean many already, or have no other form. */
const MANY = new Set(
  'data metadata media information equipment software hardware feedback staff news series species people children men women criteria feet geese mice content history audit'.split(
    ' ',
  ),
)

const IRREGULAR: Readonly<Record<string, string>> = { person: 'people', child: 'children', man: 'men', woman: 'women' }

/**
 * A name in snake case with its last word in the plural; null where it is plural already, or where nobody can tell. English, and
 * on the side of silence: `news` and `alias` pass.
 */
export function pluralOf(name: string): string | null {
  const [, start = '', word = ''] = /^(.*?)([a-z]+)$/.exec(name) ?? []
  if (word.length < 2 || MANY.has(word)) return null
  const irregular = IRREGULAR[word]
  if (irregular !== undefined) return start + irregular
  if (/(?:ss|us)$/.test(word)) return `${start}${word}es`
  if (word.endsWith('s')) return null
  if (/[^aeiou]y$/.test(word)) return `${start}${word.slice(0, -1)}ies`
  return `${start}${word}${/(?:x|z|ch|sh)$/.test(word) ? 'es' : 's'}`
}
