/**
 * Certificate of an app that takes JWT bearer logins: made → stored → judged by a dry run → deployed → proved by logins →
 * told → drained → forgotten. The app has one slot, so the platform knows no overlap: grants of this store sign with the
 * new key first and the old one second meanwhile, and lose no call; a client that holds one key has a window, which is
 * measured.
 */
import { KeyturnError, Secret } from '@keyturn/tokens'
import { appCertificate, appLabel } from '../../../org/app-certificate.ts'
import type { AppCertificate } from '../../../org/app-certificate.ts'
import { certificateFacts, openCertificate } from '../../../org/certificate-pem.ts'
import type { Problem } from '../../credential.ts'
import { defineRotator } from '../../rotator.ts'
import type { RotationStep, StepContext } from '../../rotator.ts'
import { distribute } from '../../steps/distribute.ts'
import { drain } from '../../steps/drain.ts'
import { letGo } from '../../steps/let-go.ts'
import { isClosed, slotSwitches } from './closed-slot.ts'
import { deploySlot } from './deploy-slot.ts'
import { oldKeyUse } from './old-key-use.ts'
import { moment, prove, text } from './prove.ts'
import { putIn } from './put-in.ts'
import { certificateSettings } from './settings.ts'
import type { CertificateSettings } from './settings.ts'
import { formerKey, loginOf, ownGrants, spareUsers } from './sign-in.ts'
import type { Before } from './sign-in.ts'
import { tryKey } from './try-key.ts'

type Context = StepContext<CertificateSettings>
type Step = RotationStep<CertificateSettings>

const defaultKeySize = 3072
const defaultLifetime = 365 * 86_400_000
/** Of the PEM (Metadata API guide; Help). */
const largest = 4096

const problem = (code: string, what: string, next: string): Problem => ({ code, text: what, next })

interface Found {
  readonly consumerKey: string
  readonly pem: string | null
  readonly shown: boolean
  readonly slot: AppCertificate
}

/** What is in use now: as the org shows it, else as it was adopted. */
const found = async (context: Before): Promise<Found> => {
  const { settings, ports, from } = context
  const slot = await appCertificate(ports.org(settings.org), settings.app)
  const consumerKey = slot.consumerKey ?? settings.consumerKey ?? null
  if (consumerKey === null) {
    throw new KeyturnError('CONFIG_INVALID', `The org does not show the consumer key of ${settings.app}`, {
      fix: 'Name it as `consumerKey`.',
    })
  }
  const adopted = from === null ? null : openCertificate(await context.secret(from, 'certificate'))
  return { consumerKey, pem: slot.pem ?? adopted, shown: slot.pem !== null, slot }
}

const unknownOld = (app: string): Problem =>
  problem(
    'OLD_CERTIFICATE_UNKNOWN',
    `The org does not show the certificate of ${app}, so it could not be put back`,
    'Adopt it (`keyturn credentials adopt NAME --field certificate=file:… --field privateKey=file:…`), or say `emptySlot: true` where the app has none yet.',
  )

const make: Step = {
  name: 'make',
  does: 'Makes a key pair with a self-signed certificate and stores it',
  reaches: 'staged',
  undo: 'nothing',
  needs: slotSwitches,
  async run(context) {
    const { settings, to, name, clock, random } = context
    if (to.fields.includes('privateKey')) return { is: 'done', note: 'made and stored' }
    const { consumerKey, pem, shown, slot } = await found(context)
    if (pem === null && settings.emptySlot !== true) return { is: 'failed', problem: unknownOld(settings.app) }
    const { makeSelfSigned } = await import('./self-signed.ts')
    const keySize = settings.keySize ?? defaultKeySize
    const made = await makeSelfSigned({
      subject: settings.subject ?? name.slice(0, 64),
      keySize,
      lifetime: settings.lifetime ?? defaultLifetime,
      now: clock.wall(),
      random,
    })
    const facts = certificateFacts(made.certificate)
    if (facts === null || Buffer.byteLength(made.certificate) > largest) {
      const what = `The certificate is larger than the ${largest} bytes that Salesforce takes`
      return { is: 'failed', problem: problem('CERTIFICATE_TOO_LARGE', what, 'Choose a smaller keySize or subject.') }
    }
    const notAfter = new Date(facts.notAfter).toISOString()
    const label = await appLabel(context.ports.org(settings.org), slot)
    await context.keep({
      data: { consumerKey, label, oldCertificate: pem, newCertificate: made.certificate },
      version: { fingerprint: facts.fingerprint, notAfter, keySize },
      secrets: { privateKey: made.privateKey, certificate: new Secret(made.certificate) },
    })
    const old = shown ? 'the org shows the old one' : pem === null ? 'there is no old one' : 'the old one is as adopted'
    return { is: 'done', note: `RSA ${keySize}, valid until ${notAfter}; ${old}`, facts: { notAfter, oldShown: shown } }
  },
}

const dryRun: Step = {
  name: 'dry-run',
  does: 'Lets the org judge the deployment without carrying it out',
  reaches: null,
  undo: 'nothing',
  needs: slotSwitches,
  run: async (context) =>
    (await deploySlot(context, 'dryRun', text(context.data['newCertificate']) ?? '')) ?? {
      is: 'done',
      note: 'the org would take it',
    },
}

const keyOf = ({ data }: Context): string => text(data['consumerKey']) ?? ''

const prepare: Step = {
  name: 'prepare-grants',
  does: 'Gives Keyturn’s own JWT grants of this app both keys',
  reaches: null,
  async run(context) {
    const privateKey = await context.secret(context.to, 'privateKey')
    if (privateKey === null) throw new KeyturnError('DEFECT', 'the new key is not in the store')
    const names = (await ownGrants(context, keyOf(context))).map(({ name }) => name)
    for (const name of names) await context.keyturn.grants.changeClient(name, { privateKey })
    const spares = await spareUsers(context, keyOf(context))
    const also = spares.length === 0 ? '' : `; spare ways in keep the old key: ${spares.join(', ')}`
    return { is: 'done', note: `${names.length === 0 ? 'no grant of this store uses it' : names.join(', ')}${also}` }
  },
  async undo(context) {
    const grants = await ownGrants(context, keyOf(context))
    for (const { name } of grants) await context.keyturn.grants.settleClient(name, 'old')
    return { is: 'done', note: `${grants.length} grants sign with the old key only` }
  },
}

const useNew: Step = {
  name: 'activate',
  does: 'Makes the new key the one that counts, and says how long one-key clients were without',
  reaches: 'active',
  undo: 'nothing',
  async run({ clock, data, since }) {
    const now = clock.wall()
    const atMost = Math.round((now - (moment(data['askedAt']) ?? since)) / 1000)
    const stopped = moment(data['oldStopped'])
    const atLeast = stopped === null ? null : Math.round((now - stopped) / 1000)
    const least = atLeast === null ? '' : `${atLeast} s to `
    return {
      is: 'done',
      note: `consumers have it; a client that holds one key was without for ${least}${atMost} s until its destination had the new one`,
      facts: { withoutSecondsAtLeast: atLeast, withoutSecondsAtMost: atMost },
    }
  },
}

const retire: Step = {
  name: 'retire',
  does: 'Forgets the old key, here and in Keyturn’s grants; in the org it ended with the deployment',
  reaches: 'retired',
  undo: 'impossible',
  async run(context) {
    for (const { name } of await ownGrants(context, keyOf(context)))
      await context.keyturn.grants.settleClient(name, 'new')
    return { is: 'done', note: 'the old key is forgotten' }
  },
}

const preflight = async (context: Before): Promise<readonly Problem[]> => {
  const { settings, ports, clock } = context
  try {
    await ports.org(settings.org).whoAmI()
    const { consumerKey, pem } = await found(context)
    if (pem === null && settings.emptySlot !== true) return [unknownOld(settings.app)]
    const login = await loginOf(context, consumerKey)
    const facts = certificateFacts(pem ?? '')
    const oldKey = await formerKey(context, consumerKey, facts)
    if (oldKey === null) return []
    // What refuses the old key for another reason than the key would refuse the new one, too.
    const tried = await tryKey({ network: ports.network, clock, id: context.name }, login, oldKey)
    if (tried.is !== 'other') return []
    const next = `Let ${login.username} use the app without asking, or name another \`username\`, \`loginUrl\` or \`audience\`.`
    return [problem('LOGIN_REFUSED', `The login that is to prove the key is refused today: ${tried.why}`, next)]
  } catch (error) {
    if (!(error instanceof KeyturnError)) throw error
    // The run opens it; nothing is changed before it.
    if (isClosed(error)) return []
    return [problem(error.code, error.message, error.fix)]
  }
}

const days = (ms: number): number => Math.floor(ms / 86_400_000)

export const certificate = defineRotator<CertificateSettings>({
  kind: 'certificate',
  title: 'Certificate and private key of a JWT bearer app',
  settings: certificateSettings,
  fields: ['privateKey', 'certificate'],
  steps: [make, dryRun, prepare, putIn, prove, distribute(), useNew, drain(oldKeyUse), retire],
  exposure:
    'From the deployment until its destination has the new key, a client that holds one key may be refused; Keyturn’s own grants sign with both.',
  person: null,
  orgOf: ({ org }) => org,
  async letGo(context) {
    const newKey = await context.secret(context.to, 'privateKey')
    if (newKey === null) return
    await letGo(context, await ownGrants(context, keyOf(context)), async () =>
      tryKey(
        { ...context.ports, clock: context.clock, id: context.runId },
        await loginOf(context, keyOf(context)),
        newKey,
      ),
    )
  },
  preflight,
  async adopt(context) {
    const { consumerKey, pem, shown } = await found(context)
    const facts = certificateFacts(pem ?? '')
    if (!shown || pem === null || facts === null) {
      throw new KeyturnError('ORG_REFUSED', `The org shows no certificate of ${context.settings.app}`, {
        fix: 'Say where it is: --field certificate=file:… --field privateKey=file:….',
      })
    }
    const key = await formerKey(context, consumerKey, facts)
    return {
      version: { fingerprint: facts.fingerprint, notAfter: new Date(facts.notAfter).toISOString() },
      secrets: { certificate: new Secret(pem), ...(key === null ? {} : { privateKey: key }) },
    }
  },
  async age(context) {
    const facts = certificateFacts((await found(context)).pem ?? '')
    if (facts === null) return { basis: 'unknown', why: 'the org shows no certificate of this app' }
    const left = days(facts.notAfter - context.clock.wall())
    const until = new Date(facts.notAfter).toISOString().slice(0, 10)
    const end = left < 0 ? `it ran out on ${until}` : `it runs out on ${until}, in ${left} days`
    return { basis: 'known', since: facts.notBefore, why: `since its certificate is valid; ${end}` }
  },
})
