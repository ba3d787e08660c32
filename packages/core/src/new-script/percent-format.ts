const DIRECTIVE = /%(?:%|\(([^()]*)\)([#0\- +]*)(\d{1,4})?(?:\.(\d{0,4}))?[hlL]?([a-zA-Z]))?/g

/** Python's `text % values` with named values, or null where it fails or needs what is not understood here. */
export function percentFormat(text: string, values: Readonly<Record<string, string | number>>): string | null {
  let failed = false
  const formatted = text.replace(
    DIRECTIVE,
    (match, name?: string, flags = '', width?: string, precision?: string, conversion = '') => {
      if (match === '%%') return '%'
      const value = name !== undefined && Object.hasOwn(values, name) ? values[name]! : null
      const shown = value === null ? null : convert(value, conversion, flags, precision)
      failed ||= shown === null
      return shown === null
        ? ''
        : pad(shown, Number(width ?? 0), flags, typeof value === 'number' && conversion !== 's')
    },
  )
  return failed ? null : formatted
}

/** Without the width. `%s` takes anything, whole numbers have their own conversions. */
function convert(
  value: string | number,
  conversion: string,
  flags: string,
  precision: string | undefined,
): string | null {
  if (conversion === 's') {
    const text = String(value)
    return precision === undefined ? text : [...text].slice(0, Number(precision)).join('')
  }
  if (typeof value !== 'number' || flags.includes('#')) return null
  const digits = wholeDigits(Math.abs(value), conversion)
  if (digits === null) return null
  const sign = value < 0 ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : ''
  return sign + digits.padStart(Number(precision ?? 0), '0')
}

function wholeDigits(value: number, conversion: string): string | null {
  if ('diu'.includes(conversion)) return String(value)
  if (conversion === 'x') return value.toString(16)
  if (conversion === 'X') return value.toString(16).toUpperCase()
  return conversion === 'o' ? value.toString(8) : null
}

function pad(text: string, width: number, flags: string, isNumber: boolean): string {
  const missing = width - [...text].length
  if (missing <= 0) return text
  if (flags.includes('-')) return text + ' '.repeat(missing)
  if (!isNumber || !flags.includes('0')) return ' '.repeat(missing) + text
  const sign = /^[+\- ]/.exec(text)?.[0] ?? ''
  return sign + '0'.repeat(missing) + text.slice(sign.length)
}
