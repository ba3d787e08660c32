import { styleText } from 'node:util'
import type { Severity } from '../rules/rule.js'

/** What a piece of text means; colours are chosen here and nowhere else. */
export type Tone = 'error' | 'warn' | 'info' | 'success' | 'strong' | 'faint' | 'removed' | 'added' | 'code' | 'head'

export type Paint = (tone: Tone, text: string) => string

type Format = Parameters<typeof styleText>[0]

const FORMATS: Readonly<Record<Tone, Format>> = {
  error: ['bold', 'red'],
  warn: ['bold', 'yellow'],
  info: ['bold', 'cyan'],
  success: ['bold', 'green'],
  strong: 'bold',
  faint: 'dim',
  removed: 'red',
  added: 'green',
  code: 'cyan',
  head: ['bold', 'magenta'],
}

/** Whether to colour is the caller's decision: the terminal and the environment variables are never asked here. */
export function createPaint(color: boolean): Paint {
  if (!color) return (_tone, text) => text
  return (tone, text) => (text === '' ? '' : styleText(FORMATS[tone], text, { validateStream: false }))
}

/** Paints what stands between backticks. */
export function paintCode(text: string, paint: Paint): string {
  return text.replace(/`[^`]+`/g, (code) => paint('code', code))
}

export const SEVERITY_WORDS: Readonly<Record<Severity, string>> = { error: 'error', warn: 'warning', info: 'info' }
