import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { managedBlock } from './block.js'
import {
  callsTool,
  endsBeforeBlock,
  findBlock,
  foreignLanguage,
  isEmptyHook,
  putBlock,
  takeBlock,
} from './hook-file.js'

const block = managedBlock('pre-push', { tool: 'node_modules/.bin/onehead' })
const older = ['# >>> onehead >>> version 0', 'onehead hook pre-push', '# <<< onehead <<<']

/** One character per byte, as hook files are read. */
const bytes = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '#!/bin/sh',
        '\n',
        '\r\n',
        '\r',
        '. "$(dirname -- "$0")/_/husky.sh"',
        'npm test',
        'exit 0',
        'é',
        ' ',
      ),
      fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((byte) => String.fromCharCode(byte)), maxLength: 5 }),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''))

describe('a managed block', () => {
  it('goes in and out without a trace, whatever else stands there', () => {
    fc.assert(
      fc.property(bytes, (text) => {
        const written = putBlock(text, block)
        expect(findBlock(written).kind).toBe('one')
        expect(takeBlock(written)).toBe(text)
      }),
      { numRuns: 2000, examples: [['#!/bin/sh\r'], ['#!/bin/sh'], ['']] },
    )
  })

  it('is written once, and replaced as a whole', () => {
    fc.assert(
      fc.property(bytes, (text) => {
        const written = putBlock(text, block)
        expect(putBlock(written, block)).toBe(written)
        expect(putBlock(putBlock(text, older), block)).toBe(written)
      }),
      { numRuns: 1000, examples: [['#!/bin/sh\r']] },
    )
  })

  it.each([
    ['nothing', '', 0],
    ['a shebang', '#!/bin/sh\nnpm test\n', 1],
    ['no shebang', 'npm test\n', 0],
    ['husky 8', '#!/usr/bin/env sh\n. "$(dirname -- "$0")/_/husky.sh"\n\nnpm test\n', 2],
    ['a comment about husky.sh', '#!/bin/sh\n# see _/husky.sh\nnpm test\n', 1],
  ])('stands before everything that could end the script: %s', (_, text, line) => {
    expect(putBlock(text, block).split('\n').indexOf(block[0]!)).toBe(line)
  })

  it('has the line ends of its file', () => {
    const written = putBlock('#!/bin/sh\r\nnpm test\r\n', block)
    expect(written.split('\r\n').join('')).not.toMatch(/[\r\n]/)
  })

  it.each([
    ['a beginning alone', `${block[0]}\nnpm test\n`],
    ['an end alone', `npm test\n${block.at(-1)}\n`],
    ['the wrong order', `${block.at(-1)}\n${block[0]}\n`],
    ['two of them', `${block.join('\n')}\n${block.join('\n')}\n`],
  ])('is torn: %s; and then nothing is changed', (_, text) => {
    expect(findBlock(text).kind).toBe('torn')
    expect(putBlock(text, block)).toBe(text)
    expect(takeBlock(text)).toBe(text)
  })
})

describe('a hook file', () => {
  it.each([
    ['#!/bin/sh\n', null],
    ['#!/usr/bin/env bash\n', null],
    ['#! /usr/bin/env -S bash -e\r\n', null],
    ['#!/bin/dash', null],
    ['#!/usr/bin/env node\n', 'is written for node, not for a shell'],
    ['#!/usr/bin/env -S python3 -u\n', 'is written for python3, not for a shell'],
    ['#!/usr/bin/fish\n', 'is written for fish, not for a shell'],
    ['\x7fELF\0\0', 'is a compiled program'],
    ['npm test\n', null],
  ])('%j in another language: %s', (text, expected) => {
    expect(foreignLanguage(text)).toBe(expected)
  })

  it.each(['', '\n', '#!/bin/sh', '#!/bin/sh\n\n'])('%j does nothing', (text) => expect(isEmptyHook(text)).toBe(true))

  it.each(['# pushed with care\n', '#!/bin/sh\ntrue\n'])('%j does something', (text) => {
    expect(isEmptyHook(text)).toBe(false)
  })

  it('calls onehead only where it says so outside of a comment', () => {
    expect(callsTool('npx onehead hook pre-push "$@"\n', 'pre-push')).toBe(true)
    expect(callsTool('"$bin/onehead" hook pre-push\n', 'pre-push')).toBe(true)
    expect(callsTool('# onehead hook pre-push\n', 'pre-push')).toBe(false)
    expect(callsTool('onehead hook pre-push-extra\n', 'pre-push')).toBe(false)
    expect(callsTool('onehead hook post-merge\n', 'pre-push')).toBe(false)
    expect(callsTool(putBlock('npm test\n', block), 'pre-push')).toBe(false)
  })

  it('never comes to a block behind its end', () => {
    expect(endsBeforeBlock(`exit 0\n${block.join('\n')}\n`)).toBe('exit 0')
    expect(endsBeforeBlock(putBlock('exit 0\n', block))).toBe(null)
  })
})
