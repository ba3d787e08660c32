import type { Dialect } from './dialects.js'

/** What only some databases understand. */
export interface OnlyHere {
  /** As it stands in the SQL. */
  readonly word: string
  readonly speaks: readonly Dialect[]
}

/** Each proven on the databases that refuse it. Functions that a database may have been given are not here. */
const WORDS: readonly (readonly [RegExp, readonly Dialect[]])[] = [
  [/(?<=[\w)'])::\w+/, ['postgresql']],
  [/\bCREATE\s+EXTENSION\b/i, ['postgresql']],
  [/\bCREATE\s+TYPE\b/i, ['postgresql']],
  [/\b(?:ALTER|DROP)\s+TYPE\b/i, ['postgresql']],
  [/\bILIKE\b/i, ['postgresql']],
  [/\bDO\s+\$\w*\$/i, ['postgresql']],
  [/\bALTER\s+COLUMN\s+[\w."]+\s+(?:SET\s+DATA\s+)?TYPE\b/i, ['postgresql']],
  [/\bAUTO_INCREMENT\b/i, ['mysql']],
  [/\bMODIFY\s+COLUMN\b/i, ['mysql']],
  [/\bCHANGE\s+COLUMN\b/i, ['mysql']],
  [/\bON\s+DUPLICATE\s+KEY\b/i, ['mysql']],
  [/\bENGINE\s*=\s*InnoDB\b/i, ['mysql']],
  [/\bCONVERT\s+TO\s+CHARACTER\s+SET\b/i, ['mysql']],
  [/^\s*UPDATE\s+[\w.`]+(?:\s+(?:AS\s+)?\w+)?\s+(?:INNER\s+|LEFT\s+)?JOIN\b/i, ['mysql']],
  [/\bON\s+CONFLICT\b/i, ['postgresql', 'sqlite']],
  [/^\s*PRAGMA\b/i, ['sqlite']],
  [/\bINSERT\s+OR\s+(?:IGNORE|REPLACE)\b/i, ['sqlite']],
]

/** The first thing in a statement that not every database understands; null where there is none. What stands in quotes says nothing. */
export function onlyIn(sql: string): OnlyHere | null {
  const bare = sql.replace(/--[^\n]*|\/\*[\s\S]*?\*\//g, ' ').replace(/'(?:[^']|'')*'/g, "''")
  for (const [pattern, speaks] of WORDS) {
    const found = pattern.exec(bare)
    if (found !== null) return { word: found[0].trim().replace(/\s+/g, ' '), speaks }
  }
  return null
}
