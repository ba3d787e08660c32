import { describe, expect, it } from 'vitest'
import { nearest, type Option, parseArguments, wholeNumber } from './arguments.js'

const options: readonly Option[] = [
  { name: 'format', value: 'FORMAT', choices: ['text', 'json'], says: '' },
  { name: 'config', short: 'c', value: 'FILE', repeatable: true, says: '' },
  { name: 'limit', value: 'N', says: '' },
  { name: 'full', says: '' },
]
const parse = (...typed: string[]) => parseArguments(typed, options)

describe('parseArguments', () => {
  it('reads switches, values, repeated values and positionals in any order', () => {
    const given = parse('billing', '--full', '--config', 'a.ini', '-c', 'b.ini', '--format=json', '--', '--odd')
    expect(given.positionals).toEqual(['billing', '--odd'])
    expect(given.has('full')).toBe(true)
    expect(given.values('config')).toEqual(['a.ini', 'b.ini'])
    expect(given.value('format')).toBe('json')
    expect(given.value('limit')).toBeNull()
  })

  it('gives the words again as they were typed, without some', () => {
    const given = parse('billing', '--full', '--config', 'a.ini', '-cb.ini', '--limit=-1', '--', '--odd')
    expect(given.words((name) => name !== 'full')).toEqual([
      'billing',
      '--config',
      'a.ini',
      '-cb.ini',
      '--limit=-1',
      '--',
      '--odd',
    ])
    expect(given.words((name) => name === 'config')).toEqual(['--config', 'a.ini', '-cb.ini'])
  })

  it.each([
    [['--ful'], 'unknown option --ful', 'did you mean --full?'],
    [['--fomrat', 'json'], 'unknown option --fomrat', 'did you mean --format?'],
    [['--colour'], 'unknown option --colour', 'see the options with --help'],
    [['-x'], 'unknown option -x', 'see the options with --help'],
    [['--format', 'jsn'], '--format cannot be "jsn"', 'did you mean json?'],
    [['--format', 'html'], '--format cannot be "html"', 'write --format text|json'],
    [['--format'], '--format needs a value', 'write --format text|json'],
    [['--config', '--full'], '--config needs a value', 'write --config FILE'],
    [['--config='], '--config needs a value', 'write --config FILE'],
    [['--full=yes'], '--full takes no value', 'write --full alone'],
    [['--limit', '1', '--limit', '2'], '--limit is given twice', 'give it once'],
  ])('refuses %j', (typed, message, help) => {
    expect(() => parse(...typed)).toThrow(expect.objectContaining({ name: 'UsageError', message, help }))
  })

  it('takes a number with a minus for a value: no option is called so', () => {
    expect(parse('--limit', '-1').value('limit')).toBe('-1')
    expect(() => parse('--limit', '-c')).toThrow('--limit needs a value')
  })

  it('reads whole numbers only', () => {
    expect(wholeNumber(parse('--limit', '0'), 'limit')).toBe(0)
    expect(wholeNumber(parse(), 'limit')).toBeNull()
    for (const text of ['x', '1.5', '1e3', '0x1', '99999999999'])
      expect(() => wholeNumber(parse('--limit', text), 'limit')).toThrow(`--limit cannot be "${text}"`)
  })
})

describe('nearest', () => {
  it('finds what was meant, and nothing where nothing is near', () => {
    expect(nearest('chekc', ['check', 'heads'])).toBe('check')
    expect(nearest('hist', ['check', 'history'])).toBe('history')
    expect(nearest('upgrade', ['check', 'heads', 'history'])).toBeNull()
    expect(nearest('a whole traceback, pasted. '.repeat(20), ['check', 'broken-configuration'])).toBeNull()
  })
})
