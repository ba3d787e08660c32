const PRIME_LOW = 0x1b3
const OFFSET_HIGH = 0xcbf29ce4
const OFFSET_LOW = 0x84222325

/**
 * 16 hex digits that stay the same when lines move: FNV-1a, 64 bits, over UTF-16 code units of the parts, low byte first.
 * Not for secrets; two findings that collide would only share a line of the baseline.
 */
export function fingerprint(parts: readonly string[]): string {
  let high = OFFSET_HIGH
  let low = OFFSET_LOW
  const take = (byte: number) => {
    low = (low ^ byte) >>> 0
    // The 64-bit product with 0x100000001b3, modulo 2^64, in pieces that a double holds exactly.
    const product = low * PRIME_LOW
    const carry = Math.floor(product / 0x100000000)
    high = (Math.imul(high, PRIME_LOW) + carry + (low << 8)) >>> 0
    low = product >>> 0
  }
  for (const part of parts) {
    for (let index = 0; index < part.length; index++) {
      const unit = part.charCodeAt(index)
      take(unit & 0xff)
      take(unit >>> 8)
    }
    // A part ends with a unit that no well-formed text holds, so that parts cannot run into each other.
    take(0xff)
    take(0xff)
  }
  return hex(high) + hex(low)
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0')
}
