/**
 * The words of a command as a shell would split them, with its quotes and backslashes and nothing else of it: no variables, no
 * patterns. Null where a quote is not closed.
 */
export function splitWords(text: string): readonly string[] | null {
  const words: string[] = []
  let word: string | null = null
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!
    if (/\s/.test(character)) {
      if (word !== null) words.push(word)
      word = null
    } else if (character === '"' || character === "'") {
      const quoted = readQuoted(text, at)
      if (quoted === null) return null
      word = (word ?? '') + quoted.text
      at = quoted.end
    } else if (character === '\\' && at + 1 < text.length) {
      word = (word ?? '') + text[++at]
    } else word = (word ?? '') + character
  }
  return word === null ? words : [...words, word]
}

/** What stands between the quote at `start` and its partner at `end`; only in double quotes a backslash means something. */
function readQuoted(text: string, start: number): { readonly text: string; readonly end: number } | null {
  const quote = text[start]
  let inside = ''
  for (let at = start + 1; at < text.length; at++) {
    const character = text[at]!
    if (character === quote) return { text: inside, end: at }
    const next = text[at + 1] ?? ''
    if (quote === '"' && character === '\\' && (next === '"' || next === '\\')) inside += text[++at]
    else inside += character
  }
  return null
}

/** Words as one line that a shell would split into them again. */
export function joinWords(words: readonly string[]): string {
  return words.map((word) => (/^[\w@%+=:,./~-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ')
}
