/**
 * Takes back what a change did to components that were there before: element by element, so that what somebody else
 * changed meanwhile stays. What the change created, and records, stay and are named.
 */
import { KeyturnError } from '@keyturn/tokens'
import type { OrgConnection } from '../../org/connection.ts'
import { withElement } from '../../org/metadata-component.ts'
import type { MetadataBody } from '../../org/metadata-component.ts'
import { applyChange } from './apply-change.ts'
import type { Applied } from './apply-change.ts'
import type { Waiting } from './deploy-and-wait.ts'
import { componentTitle, prepareChange } from './prepare-change.ts'
import type { PreparedChange, PreparedComponent } from './prepare-change.ts'
import { changedElements, sameElement, valueAt } from './same-body.ts'
import { recordText } from './write-records.ts'

const back =
  ({ edit, before, after }: PreparedComponent) =>
  (now: MetadataBody | null): MetadataBody => {
    if (now === null) throw new KeyturnError('ORG_REFUSED', `${componentTitle(edit)} is gone; it is not made again`)
    return changedElements(before, after).reduce((body, path) => {
      const value = valueAt(now, path)
      if (sameElement(path, value, valueAt(before, path))) return body
      if (!sameElement(path, value, valueAt(after, path)))
        throw new KeyturnError(
          'ORG_REFUSED',
          `${componentTitle(edit)}: ${path.join('.')} was changed by somebody else meanwhile; nothing is taken back`,
        )
      return withElement(body, path, valueAt(before, path))
    }, now)
  }

export const rollBack = async (org: OrgConnection, prepared: PreparedChange, waiting: Waiting): Promise<Applied> => {
  const changed = prepared.components.filter(({ before }) => before !== null)
  const stays = [
    ...prepared.components.filter(({ before }) => before === null).map(({ edit }) => `stays: ${componentTitle(edit)}`),
    ...prepared.records.map((edit) => `stays: ${recordText(edit)}`),
  ]
  let reversed: PreparedChange
  try {
    reversed = await prepareChange(org, {
      title: `Take back: ${prepared.title}`,
      components: changed.map((component) => ({ ...component.edit, edit: back(component) })),
      records: [],
      clicks: [],
    })
  } catch (error) {
    if (!(error instanceof KeyturnError) || error.code !== 'ORG_REFUSED') throw error
    return { is: 'refused', texts: [error.message, ...stays], created: [] }
  }
  const applied = await applyChange(org, reversed, waiting)
  return { ...applied, texts: [...applied.texts, ...stays] }
}
