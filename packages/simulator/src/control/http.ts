/**
 * The control plane over HTTP, on every port of the simulator (the login host's stays open when an org refuses).
 *
 *   GET    /__sim/orgs | state | oracle | requests | secrets | clock | faults
 *   GET    /__sim/log?after=N
 *   GET    /__sim/held?fault=&count=1&timeoutMs=10000      long poll
 *   POST   /__sim/clock {advanceMs} | {set}
 *   POST   /__sim/faults {name?, match?, skip?, count?, every?, probability?, action}
 *   DELETE /__sim/faults[/<id or name>]
 *   POST   /__sim/release {id?} | {fault?}
 *   POST   /__sim/grants {org?, user, app, scopes?}         DELETE /__sim/grants/<id>?org=
 *   POST   /__sim/expire {org?, grant?, user?}
 *   POST   /__sim/refuse {org?, refuse}
 *   POST   /__sim/undelivered {request}
 *   POST   /__sim/save {folder} | load {folder}
 *   PATCH  /__sim/settings {org?, settings} | {org?, app, settings, clientSecret?, …}
 *   POST   /__sim/consumers {org?, app, overlapMs?, knownAfterMs?, revokes?}
 *   PATCH  /__sim/users {org?, user, change?, contain?}
 *   POST   /__sim/apps {org?, name, kind?, certificate?: PEM | {days?, fromDays?, keySize?}, …}
 *   PATCH  /__sim/apps {org?, app, namespace, installed?}   POST /__sim/certificates {org?, name?, days?, …}
 *   GET    /__sim/components?type=&version=&org= | jobs?org=
 *   GET    /__sim/consumers?app=&org=      PUT /__sim/consumers {org?, app, name}
 *   GET    /__sim/userSecrets?user=&org=   POST /__sim/securityToken {org?, user}
 *   POST   /__sim/permissions {org?, user, permissions}
 *   GET    /__sim/mails?user=&kind=&settled=true&org=
 *   GET    /__sim/mailFaults?org=  POST {org?, fault, user?, count?}  DELETE ?org=
 *   POST   /__sim/releaseMails {org?, n?}   POST /__sim/forgeMail {org?, user, from?, subject?, token?}
 */
import type { ServerResponse } from 'node:http'
import type { SimRequest } from '../route.ts'
import type { SeededOrg } from '../state/seed.ts'
import type { MailKind } from '../mail/outbox.ts'
import type { Control } from './control.ts'

type Verb = (body: Body, request: SimRequest, rest: string) => unknown
// What comes over the wire is checked by the verbs themselves, which name what is missing.
type Body = Parameters<Control['changeOrg']>[0] &
  Parameters<Control['changeApp']>[0] &
  Parameters<Control['changeUser']>[0] &
  Parameters<Control['rotateConsumer']>[0] &
  Parameters<Control['grant']>[0] &
  Parameters<Control['addFault']>[0] &
  Parameters<Control['moveClock']>[0] &
  Parameters<Control['refuse']>[0] &
  Parameters<Control['declareUndelivered']>[0] &
  Parameters<Control['addMailFault']>[0] &
  Parameters<Control['forgeMail']>[0] &
  Parameters<Control['addConsumer']>[0] &
  Parameters<Control['givePermissions']>[0] &
  Parameters<Control['addApp']>[0] &
  Parameters<Control['packageApp']>[0] &
  Parameters<Control['save']>[0] & { readonly id?: number; readonly n?: number }

function verbs(control: Control, orgs: () => readonly SeededOrg[]): Readonly<Record<string, Verb>> {
  const number = (request: SimRequest, name: string): number | undefined => {
    const text = request.query.get(name)
    return text === null ? undefined : Number(text)
  }
  const text = (request: SimRequest, name: string): string | undefined => request.query.get(name) ?? undefined
  const inOrg = (request: SimRequest): { readonly org?: string } => {
    const org = text(request, 'org')
    return org === undefined ? {} : { org }
  }
  return {
    'GET orgs': () => orgs(),
    'GET state': () => control.state(),
    'GET oracle': () => control.oracle(),
    'GET requests': () => control.requests(),
    'GET secrets': () => control.secrets(),
    'GET log': (_body, request) => control.log({ after: number(request, 'after') ?? 0 }),
    'GET clock': () => control.clock(),
    'POST clock': (body) => control.moveClock(body),
    'GET faults': () => control.faults(),
    'POST faults': (body) => control.addFault(body),
    'DELETE faults': (_body, _request, rest) => ({ removed: control.removeFaults(rest === '' ? undefined : rest) }),
    'GET held': (_body, request) => {
      const fault = request.query.get('fault')
      return control.held({
        ...(fault === null ? {} : { fault }),
        count: number(request, 'count') ?? 1,
        timeoutMs: number(request, 'timeoutMs') ?? 10_000,
      })
    },
    'POST release': (body) => ({ released: control.release(body.id ?? body.fault) }),
    'POST grants': (body) => control.grant(body),
    'DELETE grants': (_body, request, rest) => {
      const org = request.query.get('org')
      control.revokeGrant({ grant: rest, ...(org === null ? {} : { org }) })
    },
    'POST expire': (body) => ({ expired: control.expireAccessTokens(body) }),
    'POST refuse': (body) => control.refuse(body),
    'POST undelivered': (body) => control.declareUndelivered(body),
    'POST save': (body) => control.save(body),
    'POST load': (body) => control.load(body),
    'PATCH settings': (body) => (body.app === undefined ? control.changeOrg(body) : control.changeApp(body)),
    'POST apps': (body) => control.addApp(body),
    'PATCH apps': (body) => control.packageApp(body),
    'POST certificates': (body) => control.makeCertificate(body as { readonly days?: number }),
    'GET components': (_body, request) => {
      const [type, version] = [text(request, 'type'), number(request, 'version')]
      return control.components({
        ...inOrg(request),
        ...(type === undefined ? {} : { type }),
        ...(version === undefined ? {} : { version }),
      })
    },
    'GET jobs': (_body, request) => control.metadataJobs(inOrg(request)),
    'POST consumers': (body) => control.rotateConsumer(body),
    'PATCH users': (body) => control.changeUser(body),
    'GET consumers': (_body, request) => control.consumers({ ...inOrg(request), app: text(request, 'app') ?? '' }),
    'PUT consumers': (body) => control.addConsumer(body),
    'GET userSecrets': (_body, request) =>
      control.userSecrets({ ...inOrg(request), user: text(request, 'user') ?? '' }),
    'POST securityToken': (body) => control.resetSecurityToken(body),
    'POST permissions': (body) => control.givePermissions(body),
    'GET mails': async (_body, request) => {
      if (text(request, 'settled') === 'true') await control.mailsSettled(inOrg(request))
      const [user, kind] = [text(request, 'user'), text(request, 'kind') as MailKind | undefined]
      return control.mails({
        ...inOrg(request),
        ...(user === undefined ? {} : { user }),
        ...(kind === undefined ? {} : { kind }),
      })
    },
    'GET mailFaults': (_body, request) => control.mailFaults(inOrg(request)),
    'POST mailFaults': (body) => control.addMailFault(body),
    'DELETE mailFaults': (_body, request) => ({ removed: control.removeMailFaults(inOrg(request)) }),
    'POST releaseMails': (body) => ({ released: control.releaseMails(body) }),
    'POST forgeMail': (body) => control.forgeMail(body),
  }
}

export function controlHandler(control: Control, orgs: () => readonly SeededOrg[]) {
  const table = verbs(control, orgs)
  return async (request: SimRequest, res: ServerResponse): Promise<void> => {
    const send = (status: number, value: unknown): void => {
      res.writeHead(status, { 'Content-Type': 'application/json;charset=UTF-8' })
      res.end(JSON.stringify(value ?? { ok: true }))
    }
    const [, , name = '', ...rest] = request.path.split('/')
    const verb = table[`${request.method} ${name}`]
    if (verb === undefined)
      return send(404, { error: `No such verb: ${request.method} /__sim/${name}`, verbs: Object.keys(table) })
    try {
      const body = request.body.length === 0 ? {} : (JSON.parse(request.body.toString()) as unknown)
      if (typeof body !== 'object' || body === null || Array.isArray(body))
        return send(400, { error: 'The body has to be a JSON object' })
      send(200, await verb(body as Body, request, decodeURIComponent(rest.join('/'))))
    } catch (error) {
      send(400, { error: error instanceof Error ? error.message : String(error) })
    }
  }
}
