import { describe, expect, it } from 'vitest'
import { joinWords, splitWords } from './words.js'

describe('splitWords', () => {
  it.each([
    ['uv run', ['uv', 'run']],
    ['  uv\trun\n', ['uv', 'run']],
    ['"tools/my venv/bin/python" -X dev', ['tools/my venv/bin/python', '-X', 'dev']],
    ["conda run -n 'shop db' python", ['conda', 'run', '-n', 'shop db', 'python']],
    ['tools/my\\ venv/bin/python', ['tools/my venv/bin/python']],
    [String.raw`"a \"quoted\" \n word"`, [String.raw`a "quoted" \n word`]],
    [`a"b"'c'`, ['abc']],
    [`'' ""`, ['', '']],
    ['$HOME/python *', ['$HOME/python', '*']],
    ['', []],
  ])('%s', (text, words) => {
    expect(splitWords(text)).toEqual(words)
  })

  it.each(['"python', "it's"])('is not guessed at: %s', (text) => {
    expect(splitWords(text)).toBeNull()
  })
})

it('joins words to what splits into them again', () => {
  const words = ['.venv/bin/alembic', 'revision', '-m', 'it\'s "new" & $5', '', 'label@head']
  expect(joinWords(words)).toBe(`.venv/bin/alembic revision -m 'it'\\''s "new" & $5' '' label@head`)
  expect(splitWords(joinWords(words))).toEqual(words)
})
