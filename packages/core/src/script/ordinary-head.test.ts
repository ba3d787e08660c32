import { describe, expect, it } from 'vitest'
import { Bindings } from './bindings.js'
import { readOrdinaryHead } from './ordinary-head.js'
import { scan } from './scanner.js'
import { openSource } from './source.js'

const bytes = (text: string) => new TextEncoder().encode(text)

const script = (down: string, annotations: readonly string[] = ['', '', '', '']) => `"""add users

Revision ID: 3c9e
Revises: 1a2b
Create Date: 2024-05-01 10:00:00.000000

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision${annotations[0]} = '3c9e1f0a2b4d'
down_revision${annotations[1]} = ${down}
branch_labels${annotations[2]} = ("billing",)
depends_on${annotations[3]} = None


def upgrade() -> None:
    pass
`
const labels = ': Union[str, Sequence[str], None]'
const old = script("'1a2b'")
const annotated = script("('1a2b', '5d6e')", [': str', ': Union[str, None]', labels, labels])
const recent = script("'1a2b'", [
  ': str',
  ': str | None',
  ': str | Sequence[str] | None',
  ': str | Sequence[str] | None',
])

describe('readOrdinaryHead', () => {
  it.each([old, annotated, recent])('reads what templates write up to the first function', (text) => {
    const { source } = openSource(bytes(text))
    const { end, hasStatements, docstring } = readOrdinaryHead(source, new Bindings())
    expect(text.slice(end)).toMatch(/^def upgrade/)
    expect([hasStatements, docstring?.value.split('\n')[0]]).toEqual([true, 'add users'])
  })

  it('says what the scanner says without it, whatever is written otherwise', () => {
    for (const text of [old, annotated, recent, ...heads]) expectSame(text)
    for (let at = 0; at < annotated.indexOf('def'); at++) {
      expectSame(annotated.slice(0, at))
      for (const odd of oddities) {
        expectSame(annotated.slice(0, at) + odd + annotated.slice(at))
        expectSame(annotated.slice(0, at) + odd + annotated.slice(at + 1))
      }
    }
  })
})

const heads = [
  '',
  '\n\n',
  '# nothing\n',
  '# nothing',
  '"""doc"""\n',
  '""""""\n',
  "import os\n'''no docstring'''\n",
  '# first\n"""doc"""\n',
  'import revision\n',
  'from models import down_revision, op\n',
  'import alembic as depends_on\n',
  "revision = 'a' 'b'\ndown_revision = (, 'a')\n",
  "revision = ''\ndown_revision = ()\n",
  "revision = 'a'\nrevision = 'b'\n",
  "revision = 'a'  # why\ndown_revision=None\n",
  "revision = 'a'; down_revision = None\n",
  'revision = "a"\ndown_revision = revision\n',
  "revision: lambda = 'a'\ndown_revision: Union[str = None\n",
  "# coding: utf-7\nrevision = 'a'\n",
  "# coding: latin-1\n'''\xe9'''\nrevision = '\xe9'\n",
  "\ufeff# top\n'''doc'''\nrevision = 'a'\n",
]

const oddities = [
  '\n',
  ' ',
  '\t',
  '\f',
  '\r',
  '\\',
  "'",
  '"',
  '#',
  '(',
  ']',
  '=',
  ',',
  ';',
  ':',
  '*',
  '!',
  'é',
  '<<<<<<< x\n',
]

/** A form feed of its own line keeps the head from being ordinary, and means nothing to Python. */
function expectSame(text: string) {
  const bom = text.startsWith('\ufeff') ? '\ufeff' : ''
  const walked = scan(bytes(`${bom}\f\n${text.slice(bom.length)}`))
  const read = JSON.stringify(scan(bytes(text)))
  const expected = JSON.stringify(walked, (key, one) => (key === 'start' || key === 'end' ? one - 2 : one))
  // Thousands of texts: as a JSON it is told ten times as fast.
  if (read !== expected) expect(JSON.parse(read), JSON.stringify(text)).toEqual(JSON.parse(expected))
}
