/** When a script is made, by the clock of its environment's time zone: a Python `datetime`. */
export interface CreateDate {
  readonly year: number
  /** From 1. */
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly microsecond: number
  /** Seconds east of UTC; null for a date that knows no time zone (Alembic without `timezone`). */
  readonly offset: number | null
  /** Whole seconds since 1970. */
  readonly epoch: number
}

/** Python's `str(datetime)`. */
export function createDateText(date: CreateDate): string {
  const day = [digits(date.year, 4), digits(date.month, 2), digits(date.day, 2)].join('-')
  const time = [date.hour, date.minute, date.second].map((part) => digits(part, 2)).join(':')
  const fraction = date.microsecond === 0 ? '' : `.${digits(date.microsecond, 6)}`
  return `${day} ${time}${fraction}${date.offset === null ? '' : offsetText(date.offset)}`
}

function offsetText(offset: number): string {
  const size = Math.abs(offset)
  const parts = [Math.floor(size / 3600), Math.floor(size / 60) % 60, size % 60]
  const shown = parts[2] === 0 ? parts.slice(0, 2) : parts
  return (offset < 0 ? '-' : '+') + shown.map((part) => digits(part, 2)).join(':')
}

function digits(value: number, width: number): string {
  return String(value).padStart(width, '0')
}
