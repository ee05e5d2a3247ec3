/**
 * Applies what was shown, and only that: it reads again first, and where somebody changed a component meanwhile nothing is
 * done. Afterwards it reads back, for some settings deploy “successfully” and revert (shown for locked OAuth controls and
 * permissions of standard profiles), and where the answer was lost the component itself says what became of it.
 */
import type { OrgConnection } from '../../org/connection.ts'
import type { MetadataBody } from '../../org/metadata-component.ts'
import { deployable } from './deployable.ts'
import { deployAndWait } from './deploy-and-wait.ts'
import type { DeploymentEnd, Waiting } from './deploy-and-wait.ts'
import { secretsOf } from './dry-run.ts'
import { componentTitle, readNow } from './prepare-change.ts'
import type { PreparedChange, PreparedComponent } from './prepare-change.ts'
import { changedElements, sameElement, sameValue, valueAt } from './same-body.ts'
import type { ElementPath } from './same-body.ts'
import { isSecretElement, withoutSecrets } from './secret-element.ts'
import { recordText, writeRecords } from './write-records.ts'

export interface Applied {
  /**
   * `applied`: the org reads as it was to be · `reverted`: taken, and not kept · `refused`: nothing was changed ·
   * `partial`: the components are changed, the records not all of them · `unclear`: nobody can say yet.
   */
  readonly is: 'applied' | 'reverted' | 'refused' | 'partial' | 'unclear'
  readonly texts: readonly string[]
  /** Ids of created records, by what was created. */
  readonly created: readonly { readonly object: string; readonly name: string; readonly id: string }[]
}

const result = (is: Applied['is'], ...texts: readonly string[]): Applied => ({ is, texts, created: [] })

interface Held {
  readonly component: PreparedComponent
  readonly missing: readonly ElementPath[]
  readonly now: MetadataBody | null
}

/** Of each component, the elements that don't read as they were to be. What can't be read back is not missed. */
const heldNow = async (org: OrgConnection, components: readonly PreparedComponent[]): Promise<readonly Held[]> => {
  const now = await readNow(
    org,
    components.map(({ edit }) => edit),
  )
  return components.map((component, index) => {
    const read = now[index] ?? null
    const { before, after } = component
    const missing = changedElements(before, after).filter(
      (path) =>
        !sameElement(path, valueAt(read, path), valueAt(after, path)) &&
        !isSecretElement(path.at(-1) ?? '', String(valueAt(after, path))),
    )
    return { component, missing, now: read }
  })
}

const missingTexts = (held: readonly Held[]): readonly string[] =>
  held.flatMap(({ component: { edit }, missing, now }) =>
    missing.map((path) => {
      const value = valueAt(now, path)
      const is =
        value === undefined || value === null
          ? 'is not there'
          : typeof value === 'object'
            ? 'reads otherwise'
            : `is still ${String(value)}`
      return `${componentTitle(edit)}: ${path.join('.') || 'the component'} ${is}`
    }),
  )

/** What an answer that was lost leaves: looked for as long as a deployment may take to begin. */
const lookFor = 2 * 60_000

const lookAfterDoubt = async (
  org: OrgConnection,
  { components }: PreparedChange,
  { why, over }: Extract<DeploymentEnd, { readonly is: 'unclear' }>,
  { clock, tell }: Waiting,
): Promise<Applied> => {
  const until = clock.boot() + lookFor
  for (;;) {
    const held = await heldNow(org, components)
    const missing = missingTexts(held)
    if (missing.length === 0)
      return result('applied', `What became of the deployment was not told (${why}); the org reads as it was to be`)
    const untouched = held.every(({ component: { before }, now }) =>
      before === null ? now === null : now !== null && sameValue(before, now),
    )
    if (over && untouched)
      return result('refused', `The deployment ended in an error of the platform (${why}); nothing was changed`)
    if (over || clock.boot() >= until)
      return result(
        'unclear',
        `What became of the deployment is not known: ${why}`,
        ...missing,
        'Setup → Deployment Status shows whether it is still to come. The same command may be run again: it changes what still differs.',
      )
    tell('What became of the deployment is not known; the components are looked at')
    await clock.sleep(5_000)
  }
}

const changedMeanwhile = async (org: OrgConnection, { components }: PreparedChange): Promise<readonly string[]> => {
  const now = await readNow(
    org,
    components.map(({ edit }) => edit),
  )
  return components.flatMap(({ edit, before }, index) => {
    const read = now[index] ?? null
    const same = before === null ? read === null : read !== null && sameValue(before, read)
    if (same) return []
    const paths = changedElements(before, read).map((path) => path.join('.'))
    const which = read === null ? 'it is gone' : before === null ? 'it is there now' : paths.slice(0, 5).join(', ')
    return [`${componentTitle(edit)} was changed meanwhile: ${which}`]
  })
}

const applyRecords = async (org: OrgConnection, { records, components }: PreparedChange): Promise<Applied> => {
  const { done, created: made, stopped } = await writeRecords(org, records)
  const created = made.map(({ edit: { object, name }, id }) => ({ object, name, id }))
  if (stopped === null) return { is: 'applied', texts: done, created }
  const nothing = components.length === 0 && done.length === 0
  const texts = [
    `${recordText(stopped.at)} ${stopped.maybe ? 'got no answer, so that it may have been done' : 'was refused'}: ${stopped.why}`,
    ...components.map(({ edit }) => `changed already: ${componentTitle(edit)}`),
    ...done,
    ...stopped.untried.map((edit) => `not tried: ${recordText(edit)}`),
  ]
  return { is: stopped.maybe ? 'unclear' : nothing ? 'refused' : 'partial', texts, created }
}

export const applyChange = async (org: OrgConnection, prepared: PreparedChange, waiting: Waiting): Promise<Applied> => {
  const { components } = prepared
  const meanwhile = await changedMeanwhile(org, prepared)
  if (meanwhile.length > 0) return result('refused', ...meanwhile, 'Nothing was done: look at it again, then repeat.')
  if (components.length > 0) {
    const files = components.map(({ edit, before, after }) => deployable(edit, before, after))
    const end = await deployAndWait(org, files, { ...waiting, checkOnly: false })
    const clean = (texts: readonly string[]): readonly string[] =>
      texts.map((text) => withoutSecrets(text, secretsOf(prepared)))
    if (end.is === 'refused') return result('refused', ...clean(end.problems))
    if (end.is === 'unclear') {
      const looked = await lookAfterDoubt(org, prepared, { ...end, why: clean([end.why])[0] ?? '' }, waiting)
      if (looked.is !== 'applied') return looked
      waiting.tell(looked.texts[0] ?? '')
    } else {
      const missing = missingTexts(await heldNow(org, components))
      if (missing.length > 0) {
        const untried = prepared.records.map((edit) => `not tried: ${recordText(edit)}`)
        return result('reverted', 'The org took the deployment and does not keep it:', ...missing, ...untried)
      }
    }
  }
  return applyRecords(org, prepared)
}
