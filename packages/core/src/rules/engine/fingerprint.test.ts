import { expect, test } from 'vitest'
import { fingerprint } from './fingerprint.js'

/** The same in BigInt, letter by letter as FNV-1a is defined. */
function slowFingerprint(parts: readonly string[]): string {
  const bytes = parts.flatMap((part) => [
    ...[...Array(part.length).keys()].flatMap((at) => [part.charCodeAt(at) & 0xff, part.charCodeAt(at) >>> 8]),
    0xff,
    0xff,
  ])
  const hash = bytes.reduce(
    (before, byte) => ((before ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn,
    0xcbf29ce484222325n,
  )
  return hash.toString(16).padStart(16, '0')
}

test.each([
  [[]],
  [['']],
  [['multiple-heads', 'services/billing/migrations', '3c9e51a7b204', '8b1f2c7d90aa']],
  [['é', '日本語', '\u{1f600}']],
])('is FNV-1a of %j', (parts) => {
  expect(fingerprint(parts)).toBe(slowFingerprint(parts))
})

test('never changes: baselines are committed', () => {
  expect(fingerprint(['multiple-heads', 'migrations', 'a', 'b'])).toBe(
    slowFingerprint(['multiple-heads', 'migrations', 'a', 'b']),
  )
  expect(fingerprint(['stale-docstring', 'migrations', 'x.py', 'Revises'])).toMatchInlineSnapshot(`"daf2055e10b0683b"`)
})

test('parts do not run into each other', () => {
  expect(fingerprint(['ab', 'c'])).not.toBe(fingerprint(['a', 'bc']))
})
