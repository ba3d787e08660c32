import type { Script } from '../../script/script.js'
import type { Label } from '../rule.js'

/** A label at every place where `script` names `id`; repeated ids get one each. */
export function referenceLabels(
  script: Script,
  via: 'down_revision' | 'depends_on',
  id: string,
  text: string,
): Label[] {
  const ids = via === 'down_revision' ? script.downRevisions : script.dependsOn
  const spans = via === 'down_revision' ? script.spans.downRevisions : script.spans.dependsOn
  const labels = ids.flatMap((candidate, index) => {
    const span = spans[index]
    return candidate === id && span !== undefined ? [{ path: script.path, span, text }] : []
  })
  return labels.length > 0 ? labels : [{ path: script.path, span: script.spans.downRevision, text }]
}
