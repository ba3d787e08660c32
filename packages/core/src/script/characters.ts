/** What a byte can be in Python source, outside strings and comments; bits of `characterClass`. */
export const identifierStart = 1
export const identifierPart = 2
export const space = 4
/** Ends or changes the state of a line: quotes, `#`, brackets, `;`, `\`, CR, LF, bytes above 0x7f, and what Python rejects. */
export const special = 8
export const digit = 16

/** Class of each byte 0–255. */
export const characterClass: Uint8Array = buildClasses()

function buildClasses(): Uint8Array {
  const classes = new Uint8Array(256)
  const add = (characters: string, bits: number) => {
    for (const character of characters) classes[character.charCodeAt(0)]! |= bits
  }
  const letters = 'abcdefghijklmnopqrstuvwxyz'
  add(letters + letters.toUpperCase() + '_', identifierStart | identifierPart)
  add('0123456789', identifierPart | digit)
  add(' \t\f', space)
  add('"\'#()[]{};\\\r\n$?`!', special)
  for (let code = 0; code < 32; code++) if (![9, 10, 12, 13].includes(code)) classes[code]! |= special
  classes[127]! |= special
  for (let code = 128; code < 256; code++) classes[code]! |= identifierStart | identifierPart | special
  return classes
}

export const isIdentifierPart = (code: number): boolean => (characterClass[code]! & identifierPart) !== 0
export const isIdentifierStart = (code: number): boolean => (characterClass[code]! & identifierStart) !== 0
