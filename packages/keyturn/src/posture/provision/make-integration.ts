/**
 * An integration user, step by step: licences looked at → permission set (and profile) deployed → user made → its
 * licence → its permission set, in that order, which the platform wants → verified. Each step looks first. No password is
 * ever set: it signs in by an app.
 */
import { KeyturnError } from '@keyturn/tokens'
import type { Clock, Json, Keyturn } from '@keyturn/tokens'
import type { OrgConnection } from '../../org/connection.ts'
import { rangeText } from '../controls/addresses.ts'
import type { CarriedOut } from '../change/carry-out.ts'
import type { OrgChange } from '../change/org-change.ts'
import { isEmpty, prepareChange } from '../change/prepare-change.ts'
import { accessWish, isField } from './access-wish.ts'
import type { FieldOfWish } from './access-wish.ts'
import type { Agree, Carry } from './carry.ts'
import { isThere, tookNothing } from './carry.ts'
import { broadOf, requireFitProfile, requireOurs } from './integration-checks.ts'
import type { IntegrationDescription } from './integration-description.ts'
import { integrationLicenses, requireSeat, seatsText } from './integration-licenses.ts'
import { integrationProfile, standardProfile } from './integration-profile.ts'
import { integrationSet, knownAccess } from './integration-set.ts'
import type { KnownAccess } from './integration-set.ts'
import { integrationState } from './integration-state.ts'
import type { IntegrationState } from './integration-state.ts'
import { loginHours } from './login-hours.ts'
import { distinct, loginRanges } from './login-ranges.ts'
import { dropProvisioned, provisionedId, provisionedKinds, readProvisioned } from './provisioned.ts'
import type { Provisioned } from './provisioned.ts'
import { tryWrites } from './try-writes.ts'
import type { TriedWrite } from './try-writes.ts'
import { requireUser, verifyAccess } from './verify-access.ts'
import type { AccessFound } from './verify-access.ts'
import { givenTo } from './widening.ts'
import { keptDocument } from './kept-document.ts'

export interface MakeIntegration {
  readonly org: OrgConnection
  readonly keyturn: Pick<Keyturn, 'fields' | 'store'>
  readonly description: IntegrationDescription
  /** Keyturn's own address; null: asked of the org. */
  readonly fromAddress: string | null
  /** Ranges wider than a /24 or /64 were asked for by name. */
  readonly wide: boolean
  /** A grant that signs in as the new user. */
  readonly asUser: OrgConnection | null
  /** Let it write, on records it makes itself. */
  readonly tryWrites: boolean
  readonly by: string
  readonly clock: Clock
  readonly carry: Carry
  readonly agree: Agree
  readonly tell: (text: string) => void
}

export interface MadeIntegration {
  readonly licenses: readonly string[]
  readonly ranges: readonly string[]
  readonly steps: readonly { readonly step: string; readonly carried: CarriedOut | null }[]
  /** Null: there is no user yet. */
  readonly userId: string | null
  /** Null: nobody could ask as that user. */
  readonly access: AccessFound | null
  readonly writes: readonly TriedWrite[]
  /** What the user may that no integration should. */
  readonly broad: readonly string[]
  readonly clicks: readonly string[]
  readonly done: boolean
}

/** What `grant-field` gave since is no difference. */
const withGiven = (access: KnownAccess, given: readonly FieldOfWish[]): KnownAccess => ({
  ...access,
  fields: [
    ...access.fields.filter(({ object, field }) => !given.some(isField(object, field))),
    ...given.map(({ object, field, right }) => ({ object, field, right })),
  ],
})

const aliasOf = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]/g, '')
    .slice(0, 8)
    .toLowerCase() || 'integr'

const userFields = (
  { username, name, email }: IntegrationDescription,
  profileId: string,
): Readonly<Record<string, Json>> => ({
  Username: username,
  LastName: name,
  Email: email,
  Alias: aliasOf(name),
  ProfileId: profileId,
  TimeZoneSidKey: 'GMT',
  LocaleSidKey: 'en_US',
  LanguageLocaleKey: 'en_US',
  EmailEncodingKey: 'UTF-8',
  IsActive: true,
})

export const makeIntegration = async (making: MakeIntegration): Promise<MadeIntegration> => {
  const { org, keyturn, description, asUser, by, clock, carry, tell } = making
  const { username, permissionSet, ownProfile, hours, objects, fields = [] } = description
  const { records } = keyturn.store
  const { orgId } = await org.whoAmI()
  if (asUser !== null) await requireUser(asUser, orgId, username)
  const profile = ownProfile ?? standardProfile
  const wish = accessWish(objects, fields)
  const [licenses, asked, own, known, given] = await Promise.all([
    integrationLicenses(org),
    knownAccess(org, wish),
    loginRanges(making),
    readProvisioned(records, 'user', orgId, username),
    givenTo(records, { orgId, permissionSet, profile }),
  ])
  const access = withGiven(asked, given.fields)
  const ranges = ownProfile === undefined ? [] : distinct([...own, ...given.ranges])
  const names = { username, profile, permissionSet, licenseId: licenses.permissionSet.id }
  const look = (): Promise<IntegrationState> => integrationState(org, names)
  const first = await look()
  requireOurs(first, names, known?.doc ?? null)
  await requireFitProfile(org, ownProfile)
  if (first.user === null) requireSeat(licenses.user)
  if (!first.licensed) requireSeat(licenses.permissionSet)

  const id = provisionedId(orgId, username)
  let version = known?.record.version ?? null
  const write = async (state: Provisioned['state']): Promise<void> => {
    const doc: Provisioned = {
      state,
      org: orgId,
      grant: org.grant,
      name: username,
      at: known?.doc.at ?? clock.wall(),
      by,
      key: null,
      secretTo: null,
      permissionSet,
      ownProfile: ownProfile ?? null,
      description: description as unknown as Json,
    }
    const written = await records.put(
      { kind: provisionedKinds.user, id, doc: keptDocument(doc), expect: version },
      { kind: `provision-user-${state}`, grant: null, data: { grantName: org.grant, org: orgId, record: id } },
    )
    version = written.version
  }
  const finished = known?.doc.state === 'done'
  let begun = finished
  const begin = async (): Promise<void> => {
    if (!begun) await write('begun')
    begun = true
  }

  const parts: OrgChange = {
    title: `Make the permission set ${permissionSet}${ownProfile === undefined ? '' : ` and the profile ${ownProfile}`}`,
    components: [
      integrationSet(permissionSet, `What ${username} may do`, access),
      ...(ownProfile === undefined
        ? []
        : [integrationProfile(ownProfile, { hours: hours === undefined ? null : loginHours(hours), ranges })]),
    ],
    records: [],
    clicks: [],
  }
  if (finished && !isEmpty(await prepareChange(org, parts)))
    throw new KeyturnError('BAD_ARGUMENT', `${username} was made already, and the description says otherwise`, {
      fix: '`keyturn provision grant-field` and `allow-address` give one thing more, with a reason; taking away is for Setup or `keyturn fix`.',
    })

  const steps: { step: string; carried: CarriedOut | null }[] = []
  const made = (state: IntegrationState, more: Partial<MadeIntegration> = {}): MadeIntegration => ({
    licenses: [licenses.user, licenses.permissionSet].map(seatsText),
    ranges: ranges.map(rangeText),
    steps,
    userId: state.user?.id ?? null,
    access: null,
    writes: [],
    broad: [],
    clicks: [],
    done: false,
    ...more,
  })
  const step = async (change: OrgChange): Promise<boolean> => {
    const carried = await carry(change, { restricts: [], begin })
    steps.push({ step: change.title, carried })
    return isThere(carried)
  }
  const rest = (...titles: readonly string[]): void =>
    titles.forEach((title) => steps.push({ step: title, carried: null }))
  const userTitle = `Make the user ${username}`
  const assignTitle = `Give ${username} the licence ${licenses.permissionSet.name}, then ${permissionSet}`

  if (!(await step(parts))) {
    const [{ carried } = { carried: null }] = steps
    if (known === null && carried !== null && tookNothing(carried))
      await dropProvisioned(records, 'user', orgId, username)
    rest(...(first.user === null ? [userTitle] : []), ...(first.assigned ? [] : [assignTitle]))
    return made(first)
  }
  let state = await look()
  if (state.user === null) {
    if (state.profileId === null)
      throw new KeyturnError('ORG_UNAVAILABLE', `The org does not show the profile ${profile} yet; run it again`)
    const fieldsOfUser = userFields(description, state.profileId)
    const change: OrgChange = {
      title: userTitle,
      components: [],
      records: [{ is: 'create', object: 'User', name: username, fields: fieldsOfUser }],
      clicks: [],
    }
    if (!(await step(change))) {
      rest(assignTitle)
      return made(state)
    }
    state = await look()
  }
  const { user, setId } = state
  if (user === null || setId === null)
    throw new KeyturnError(
      'ORG_UNAVAILABLE',
      `The org does not show ${username} or its permission set yet; run it again`,
    )
  if (!state.licensed || !state.assigned) {
    const license = { AssigneeId: user.id, PermissionSetLicenseId: names.licenseId }
    const assignment = { AssigneeId: user.id, PermissionSetId: setId }
    const change: OrgChange = {
      title: assignTitle,
      components: [],
      records: [
        ...(state.licensed
          ? []
          : [
              {
                is: 'create' as const,
                object: 'PermissionSetLicenseAssign',
                name: `${licenses.permissionSet.name} for ${username}`,
                fields: license,
              },
            ]),
        ...(state.assigned
          ? []
          : [
              {
                is: 'create' as const,
                object: 'PermissionSetAssignment',
                name: `${permissionSet} for ${username}`,
                fields: assignment,
              },
            ]),
      ],
      clicks: [],
    }
    if (!(await step(change))) return made(state)
  }
  if (!finished) await write('done')
  const broad = await broadOf(org, user.id, ownProfile !== undefined)
  if (asUser !== null) tell(`Asking as ${username} what it may do`)
  return made(state, {
    broad,
    access: asUser === null ? null : await verifyAccess(keyturn, asUser, access),
    writes:
      asUser === null || !making.tryWrites
        ? []
        : await tryWrites({
            ...{ objects: access.objects, asUser, admin: org, records, orgId, agree: making.agree },
            now: clock.wall(),
          }),
    clicks: [
      `It has no password and needs none: make an app that runs as it (\`keyturn provision app ${org.grant} APP --flow client-credentials --runs-as ${username}\`), connect it, and run this again with --verify-grant`,
      `It sees records that it owns or that are shared with it, and no others: share them with it (sharing rules), not by “View All”`,
    ],
    done: true,
  })
}
