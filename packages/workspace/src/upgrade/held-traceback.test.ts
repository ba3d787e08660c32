import { expect, it } from 'vitest'
import { HeldTraceback } from './held-traceback.js'

const begin = 'Traceback (most recent call last):'

it('keeps a traceback, passes everything else on, and hands out what it kept when that was not the end', () => {
  const passed: string[] = []
  const output = new HeldTraceback((line) => passed.push(line))
  output.take('INFO connecting', 'stderr')
  output.take(begin, 'stderr')
  output.take('  File "env.py", line 3', 'stderr')
  output.take('printed meanwhile', 'stdout')
  output.take('ValueError: no', 'stderr')
  expect(passed).toEqual(['INFO connecting', 'printed meanwhile'])
  output.release()
  output.take('INFO going on', 'stderr')
  expect(passed.slice(2)).toEqual([begin, '  File "env.py", line 3', 'ValueError: no', 'INFO going on'])
})
