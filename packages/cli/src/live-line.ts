import type { LiveLine } from './world.js'

/** What a terminal is asked for; a stream of Node has it. */
export interface Screen {
  write(text: string): unknown
}

/** The last line of a terminal. It is cut by the terminal itself, which alone knows how wide it is and what it shows. */
export function createLiveLine(screen: Screen): LiveLine {
  let isDrawn = false
  return {
    draw(text) {
      screen.write(`${isDrawn ? '' : '\r'}${ERASE}${NO_WRAP}${text.replace(/\p{C}/gu, ' ')}${WRAP}\r`)
      isDrawn = true
    },
    erase() {
      if (isDrawn) screen.write(ERASE)
      isDrawn = false
    },
  }
}

const ERASE = '\u001b[2K'
const NO_WRAP = '\u001b[?7l'
const WRAP = '\u001b[?7h'

/** Nobody watches a log: not in CI, not where a program says that its terminal cannot move the cursor. */
export function isWatched(isTerminal: boolean, { CI, TERM }: Readonly<Record<string, string | undefined>>): boolean {
  return isTerminal && !CI && TERM !== 'dumb'
}
