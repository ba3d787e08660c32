import { describe, expect, it } from 'vitest'
import { exampleEnvironment, readHistory, readScript } from '../../../../test/support/read-history.js'
import type { Script, UnreadableScript } from '../script/script.js'
import { buildHistory } from './build-history.js'
import { reportEnvironment, reportHistory } from './environment-report.js'

const script = (revision: string, parent: string, more = '') =>
  new TextEncoder().encode(`revision = '${revision}'\ndown_revision = ${parent}\n${more}`)

const history = (...scripts: readonly Uint8Array[]) =>
  reportHistory(readHistory(new Map(scripts.map((bytes, index) => [`migrations/versions/${index}.py`, bytes]))))

describe('the order of a history with a dependency that only Python knows', () => {
  const starImport = new TextEncoder().encode(
    "from shop.models import *\nrevision = 'f04d6e2b713c'\ndown_revision = None\n",
  )
  const invoice = script('3c9e51a7b204', 'None')

  it('is not told where that dependency decides it; the heads are', () => {
    const told = history(invoice, script('8b1f2c7d90aa', 'None', 'depends_on = compute()\n'))
    expect(told).toMatchObject({ heads: ['3c9e51a7b204', '8b1f2c7d90aa'], resolvedHeads: null, revisions: null })
    expect(told.historyError).toMatchObject({ kind: 'UnreadableScript' })
  })

  it('is told where the dependency could only come from a star import', () => {
    const told = history(invoice, script('8b1f2c7d90aa', 'None'), starImport)
    expect(told.revisions).toHaveLength(3)
  })

  it('is told where there is one line only', () => {
    const told = history(invoice, script('8b1f2c7d90aa', "'3c9e51a7b204'", 'depends_on = compute()\n'))
    expect(told.revisions?.map(({ revision }) => revision)).toEqual(['8b1f2c7d90aa', '3c9e51a7b204'])
    expect(told.historyError).toBeNull()
  })
})

describe('a history that could not be told', () => {
  it('says whether Python could, or nobody', () => {
    const compiled = {
      cause: 'dynamic',
      detail: '',
      error: null,
      path: 'a.pyc',
      reading: null,
      span: { start: 0, end: 0 },
    } as const
    const told = (file: UnreadableScript) =>
      reportEnvironment(buildHistory(exampleEnvironment(), [file], [])).error?.message
    expect(told(compiled)).toBe('one script can only be told by Python')
    expect(told({ ...compiled, cause: 'not-readable' })).toBe('one script could not be read')
  })

  it('is not taken for one that lacks a parent: the parent may be in the script that was not read', () => {
    const child = readScript('f04d6e2b713c_add_refund.py', script('f04d6e2b713c', "'3c9e51a7b204'"))
    const gone = {
      cause: 'not-downloaded',
      detail: '',
      error: null,
      path: '3c9e51a7b204_create_invoice.py',
      reading: null,
      span: { start: 0, end: 0 },
    } as const
    const told = (...files: (Script | UnreadableScript)[]) =>
      reportEnvironment(buildHistory(exampleEnvironment(), files, [])).error?.kind
    expect(told(child)).toBe('KeyError')
    expect(told(child, gone)).toBe('UnreadableScript')
  })
})
