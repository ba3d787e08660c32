/** Words that begin a statement of Python 2 and are followed by something that Python 3 does not take. */
const words = /(?:print|exec|raise|except) /g

const afterwards: Readonly<Record<string, RegExp>> = {
  print: /[\w"'%`]|>>/y,
  exec: /[\w"']/y,
  raise: /[\w.]+\s*,/y,
  except: /[\w.]+\s*,/y,
}

const operators = /(?:if|in|is|and|or|not|for|from)\b/y

/** Whether a text looks as if it was written for Python 2: then only the parser can tell whether Python 3 takes it. */
export function looksLikePython2(text: string): boolean {
  words.lastIndex = 0
  while (words.test(text)) {
    const at = words.lastIndex
    if (isPython2Statement(text, at)) return true
    words.lastIndex = at
  }
  return false
}

/** Whether the word that ends with the blank before `at` begins a statement as only Python 2 has it. */
export function isPython2Statement(text: string, at: number): boolean {
  const word = /(?:print|exec|raise|except)$/.exec(text.slice(Math.max(at - 7, 0), at - 1))?.[0]
  if (word === undefined) return false
  let before = at - word.length - 2
  while (before >= 0 && (text[before] === ' ' || text[before] === '\t')) before--
  if (before >= 0 && !'\n\r;:'.includes(text[before]!)) return false
  operators.lastIndex = at
  const rest = afterwards[word]!
  rest.lastIndex = at
  return rest.test(text) && !operators.test(text)
}
