/** Control verbs of apps and metadata: what a tester may make and see without deploying it. */
import { contextOf } from '../metadata/context.ts'
import { componentTypes } from '../metadata/catalogue.ts'
import { deployResultOf } from '../metadata/deploy-result.ts'
import type { JsonObject } from '../metadata/elements.ts'
import { propertiesOf } from '../metadata/file-properties.ts'
import type { FileProperties } from '../metadata/file-properties.ts'
import { allJobs, carryOutJobs, stageOf } from '../metadata/jobs.ts'
import type { Stage } from '../metadata/jobs.ts'
import { makeSelfSigned } from '../metadata/types/stored/self-signed.ts'
import type { SelfSigned } from '../metadata/types/stored/self-signed.ts'
import { allApps, changeApp } from '../state/apps.ts'
import type { SimApp } from '../state/apps.ts'
import type { Org } from '../state/org.ts'
import { carryOutPending } from '../state/pending-changes.ts'
import { addApp } from '../state/seed.ts'
import type { AppSpec, SeededApp } from '../state/seed.ts'

interface InOrg {
  readonly org?: string
}

interface CertificateSpec {
  /** Common name; default: `keyturn`. */
  readonly name?: string
  /** Days from now, by the simulator's clock; default 0 and 365. */
  readonly fromDays?: number
  readonly days?: number
  readonly keySize?: number
}

interface ListedComponent extends FileProperties {
  readonly body: JsonObject
}

interface ListedJob {
  readonly id: string
  readonly kind: 'deploy' | 'retrieve'
  readonly stage: Stage
  /** DeployResult with its details, of a deployment. */
  readonly result: JsonObject | null
}

export interface MetadataControl {
  /** A new app of either kind; `certificate`: a PEM, or what to make one of (its key is in the answer). */
  addApp(of: InOrg & AppSpec & { readonly certificate?: string | CertificateSpec }): SeededApp & {
    readonly certificate: string | null
  }
  /** A self-signed certificate with dates of the simulator's clock, and its key. */
  makeCertificate(of?: InOrg & CertificateSpec): SelfSigned
  /** What the org's metadata has, of one type or all, as an administrator reads it. */
  components(of?: InOrg & { readonly type?: string; readonly version?: number }): readonly ListedComponent[]
  /** Says that an app came in a package (null: it is the org's own), and whether it is installed. */
  packageApp(
    of: InOrg & { readonly app: string; readonly namespace: string | null; readonly installed?: boolean },
  ): void
  /** Deployments and retrieves, in their order; what is due has been carried out. */
  metadataJobs(of?: InOrg): readonly ListedJob[]
}

const day = 86_400_000

export function metadataVerbs(find: {
  readonly org: (of: InOrg | undefined) => Org
  readonly app: (org: Org, name: string) => SimApp
  readonly orgs: readonly Org[]
}): MetadataControl {
  const make = (org: Org, of: CertificateSpec): SelfSigned => {
    const notBefore = org.now() + (of.fromDays ?? 0) * day
    return makeSelfSigned({
      name: of.name ?? 'keyturn',
      notBefore,
      notAfter: notBefore + (of.days ?? 365) * day,
      keySize: of.keySize ?? 2048,
      serial: org.ids.hex('certificate', 16),
    })
  }
  const settle = (org: Org): void => {
    carryOutPending(org)
    carryOutJobs(org, find.orgs)
  }
  return {
    makeCertificate: (of) => make(find.org(of), of ?? {}),
    addApp: ({ org: name, certificate, ...spec }) => {
      const org = find.org(name === undefined ? undefined : { org: name })
      const kind = spec.kind ?? 'connected'
      if (allApps(org).some((app) => app.name === spec.name && app.kind === kind))
        throw new Error(`Org ${org.name} has an app "${spec.name}" already`)
      const made = typeof certificate === 'object' ? make(org, certificate) : null
      const pem = made?.certificate ?? (typeof certificate === 'string' ? certificate : null)
      addApp(org, { ...spec, ...(pem === null ? {} : { jwt: pem }) })
      const app = allApps(org).find((one) => one.name === spec.name && one.kind === kind)
      if (app === undefined) throw new Error(`The app ${spec.name} was made and can’t be found`)
      const { id, clientId, clientSecret, callbacks, scopes, privateKey, publicKey } = app
      return {
        id,
        name: app.name,
        clientId,
        clientSecret,
        callbacks,
        scopes,
        privateKey: made?.privateKey ?? privateKey,
        publicKey,
        certificate: pem,
      }
    },
    components: (of) => {
      const org = find.org(of)
      settle(org)
      const admin = org.sql(`SELECT Id FROM User WHERE UserType = 'Standard' ORDER BY Id`).get()?.['Id']
      const context = contextOf(org, { orgs: find.orgs, userId: String(admin), version: of?.version ?? 68 })
      if (of?.type !== undefined && !componentTypes.some((type) => type.name === of.type))
        throw new Error(
          `There is no type "${of.type}"; known are: ${componentTypes.map((type) => type.name).join(', ')}`,
        )
      return componentTypes
        .filter((type) => of?.type === undefined || type.name === of.type)
        .flatMap((type) =>
          type.names(context).map((fullName) => ({
            ...propertiesOf(context, type, fullName),
            body: type.read(context, fullName) ?? {},
          })),
        )
    },
    packageApp: (of) => {
      const org = find.org(of)
      const app = find.app(org, of.app)
      org.sql('UPDATE AppMenuItem SET NamespacePrefix = ? WHERE Id = ?').run(of.namespace, app.menuItemId)
      if (app.kind === 'external')
        org
          .sql('UPDATE ExternalClientApplication SET NamespacePrefix = ?, DistributionState = ? WHERE Id = ?')
          .run(of.namespace, of.namespace === null ? 'Local' : 'Managed', app.id)
      const type = app.kind === 'external' ? 'ExternalClientApplication' : 'ConnectedApp'
      const fullName = of.namespace === null ? app.name : `${of.namespace}__${app.name}`
      org.sql('UPDATE sim_component SET fullName = ? WHERE type = ? AND id = ?').run(fullName, type, app.id)
      if (of.installed !== undefined) changeApp(org, app, { settings: { installed: of.installed } })
    },
    metadataJobs: (of) => {
      const org = find.org(of)
      settle(org)
      return allJobs(org).map((job) => ({
        id: job.id,
        kind: job.kind,
        stage: stageOf(org, job),
        result: job.kind === 'deploy' ? deployResultOf(org, job, true) : null,
      }))
    },
  }
}
