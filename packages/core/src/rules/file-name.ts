import type { Script } from '../script/script.js'
import { shellWord } from '../text/shell-word.js'
import { defineRule, type Finding, type RuleContext } from './rule.js'
import { createDate } from './support/docstring.js'
import { START } from './support/edits.js'
import { type FileNameConvention, readConvention } from './support/file-name-convention.js'
import { baseName, firstLine, folderOf } from './support/words.js'

export const fileName = defineRule({
  name: 'file-name',
  severity: 'info',
  scope: 'script',
  summary: 'a file name does not follow the configured convention',
  check(context) {
    const { settings } = context.history.environment
    if (settings.fileName === null) return []
    const convention = readConvention(settings.fileName)
    return context.history.scripts
      .filter((script) => !convention.matches(baseName(script.path), script.revision))
      .map((script) => finding(context, script, convention))
  },
})

function finding(context: RuleContext, script: Script, convention: FileNameConvention): Finding {
  const { environment } = context.history
  const { path } = script
  const notes = ['Alembic never reads file names; the revision id stays as it is']
  if (convention.fileTemplate !== null && environment.fileTemplate !== convention.fileTemplate.replaceAll('%%', '%')) {
    notes.push(
      `new scripts get such names with \`file_template = ${convention.fileTemplate}\` in ${environment.config}`,
    )
  }
  const name = convention.propose({
    date: createDate(script)?.slice(0, 10) ?? null,
    description: firstLine(script.message),
    revision: script.revision,
  })
  const folder = folderOf(path)
  const target = name === null ? null : `${folder === '' ? '' : `${folder}/`}${name}`
  const free = target !== null && !context.history.scripts.some((other) => other.path === target)
  return {
    message: `this file name is not of the form ${convention.text}`,
    labels: [{ path, span: START, text: '' }],
    notes,
    help: free ? `rename the file to ${name}` : 'rename the file',
    fix: free ? { applicability: 'ask', edits: [], command: `git mv ${shellWord(path)} ${shellWord(target)}` } : null,
    key: [path],
  }
}
