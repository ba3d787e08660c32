import { expect, test } from 'vitest'
import { loadParser } from '../script/parse.js'
import { whyNotAsWanted } from './prove.js'

const wanted = {
  revision: 'dddd',
  message: null,
  parents: ['bbbb', 'cccc'],
  branchLabel: 'shop',
  versionLocation: 'versions',
}
const text = (message: string, more = '') =>
  `"""${message}\n"""\nrevision = 'dddd'\ndown_revision = ('bbbb', 'cccc')\nbranch_labels = ('shop',)\ndepends_on = None\n${more}`

async function prove(source: string, more: Partial<typeof wanted> = {}) {
  const parser = await loadParser()
  return whyNotAsWanted('versions/dddd.py', parser.read(new TextEncoder().encode(source)), { ...wanted, ...more })
}

test('a script that declares what was wanted', async () => {
  expect(await prove(text('join'))).toBeNull()
  expect(await prove(text('it\'s "quoted" \\N{BULLET}'))).toBeNull()
})

test('a message that ends the docstring, or that Python cannot decode', async () => {
  expect(await prove(text('say """hi""" now'))).not.toBeNull()
  expect(await prove(text('C:\\users\\Nils'))).not.toBeNull()
})

test('a template that leaves something out', async () => {
  expect(await prove(text('join').replace('branch_labels', 'labels'))).toBe(
    'script.py.mako has no branch_labels line, so the label would be lost',
  )
  expect(await prove(text('join'), { revision: 'eeee' })).toBe('it declares the revision dddd, not eeee')
  expect(await prove(text('join'), { parents: ['cccc', 'bbbb'] })).toBe(
    'its down_revision is bbbb, cccc, not cccc, bbbb',
  )
  expect(await prove(text('join', 'def broken(:\n'))).not.toBeNull()
})
