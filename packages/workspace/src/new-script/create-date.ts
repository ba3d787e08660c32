import type { CreateDate } from '@onehead/core'

/**
 * The moment `microseconds` (since 1970) as Alembic dates a script: in the local time of this machine without a zone, or in
 * `timezone`; null where only Python can tell what the name means.
 */
export function createDateAt(microseconds: number, timezone: string | null): CreateDate | null {
  const epoch = Math.floor(microseconds / 1e6)
  const microsecond = Math.floor(microseconds - epoch * 1e6)
  if (timezone === null) {
    const date = new Date(epoch * 1000)
    return {
      year: date.getFullYear(),
      month: date.getMonth() + 1,
      day: date.getDate(),
      hour: date.getHours(),
      minute: date.getMinutes(),
      second: date.getSeconds(),
      microsecond,
      offset: null,
      epoch,
    }
  }
  // As Alembic does: the name as it is written, then in capitals.
  const zone = [timezone, timezone.toUpperCase()].find(isZone)
  return zone === undefined ? null : { ...clockOf(epoch, zone), microsecond, epoch }
}

/** Now, in microseconds since 1970. */
export function nowInMicroseconds(): number {
  return Math.floor((performance.timeOrigin + performance.now()) * 1000)
}

/**
 * Python's names are those of files, so capitals count; Node takes any. Beside those that Node lists only older names
 * with ordinary capitals are certain to be files (`Asia/Kolkata`, `US/Eastern`).
 */
function isZone(name: string): boolean {
  if (name === 'UTC' || name === 'GMT' || Intl.supportedValuesOf('timeZone').includes(name)) return true
  if (!/^(?:US|[A-Z][a-z]+)(?:\/[A-Z][a-z]+(?:_[A-Z][a-z]+)*){1,2}$/.test(name) && name !== 'Etc/UTC') return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

type Clock = Omit<CreateDate, 'microsecond' | 'epoch'>

function clockOf(epoch: number, timeZone: string): Clock {
  const format = new Intl.DateTimeFormat('en', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  const parts = new Map(format.formatToParts(epoch * 1000).map(({ type, value }) => [type, Number(value)]))
  const [year, month, day, hour, minute, second] = (['year', 'month', 'day', 'hour', 'minute', 'second'] as const).map(
    (type) => parts.get(type)!,
  ) as [number, number, number, number, number, number]
  const offset = Date.UTC(year, month - 1, day, hour, minute, second) / 1000 - epoch
  return { year, month, day, hour, minute, second, offset }
}
