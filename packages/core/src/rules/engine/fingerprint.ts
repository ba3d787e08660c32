/** The offset basis, as four pieces of 16 bits, the lowest first. */
const OFFSET = [0x2325, 0x8422, 0x9ce4, 0xcbf2] as const
/** The prime is 2^40 + this. */
const PRIME = 0x1b3

/**
 * 16 hex digits that stay the same when lines move: FNV-1a, 64 bits, over UTF-16 code units of the parts, low byte first.
 * Not for secrets; two findings that collide would only share a line of the baseline.
 */
export function fingerprint(parts: readonly string[]): string {
  let [a, b, c, d]: [number, number, number, number] = [...OFFSET]
  // Pieces so small that no product leaves the integers that are fast.
  const take = (byte: number) => {
    a ^= byte
    const [toC, toD] = [a << 8, b << 8]
    a *= PRIME
    b = b * PRIME + (a >>> 16)
    c = c * PRIME + toC + (b >>> 16)
    d = (d * PRIME + toD + (c >>> 16)) & 0xffff
    a &= 0xffff
    b &= 0xffff
    c &= 0xffff
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
  return [d, c, b, a].map((piece) => piece.toString(16).padStart(4, '0')).join('')
}
