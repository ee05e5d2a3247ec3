/** `keyturn rtr` as people and scripts run it, on a careless company, over the wire. */
import assert from 'node:assert/strict'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { client } from '../../rehearsal/rehearsing.ts'
import { rtrCompany } from './rtr-company.ts'

interface AppJson {
  readonly subject: string
  readonly stage: string
  readonly rotation: boolean | null
  readonly clients: readonly { readonly id: string; readonly readiness: string; readonly by: string | null }[]
}
const appOf = (apps: readonly AppJson[], subject: string): AppJson => {
  const found = apps.find((one) => one.subject === subject)
  assert(found, subject)
  return found
}

test('the plan: every app that hands out tokens, its clients, who is in the way; and nothing is changed', async (t) => {
  const { json, sim, rtr, folder } = await rtrCompany(t)
  const jobs = sim.control.metadataJobs().length
  const { code, value } = await json('acme', '--save', 's.json')
  assert.equal(code, 0)
  assert.equal(value.format, 'keyturn-rtr/1')
  assert.equal(appOf(value.apps, 'eca:Billing_Sync').stage, 'on')
  assert.equal(appOf(value.apps, 'app:Marketing_Hub').stage, 'foreign')
  assert.equal(appOf(value.apps, 'uninstalled:Workflow_Zap').stage, 'foreign')
  assert(!value.apps.some(({ subject }: AppJson) => subject === 'app:Server_Batch'), 'client credentials only')
  const cli = appOf(value.apps, 'app:Team_CLI')
  assert.equal(cli.stage, 'waiting')
  const ids = new Map(cli.clients.map((one) => [one.id, one]))
  assert.equal(ids.get('app:Team_CLI/keyturn:acme/ada.admin@legacy.example')?.by, 'own-grant', 'Keyturn’s own app')
  assert.equal(ids.get('app:Team_CLI/@jsforce%2Fjsforce-node/jenkins.deploy@legacy.example')?.readiness, 'unknown')
  assert.equal(ids.get('app:Team_CLI/unseen/consultant.old@legacy.example')?.readiness, 'unknown')
  const erp = appOf(value.apps, 'app:ERP_Sync')
  assert.equal(erp.clients.find(({ id }) => id.includes('python-requests'))?.by, 'way-in')
  assert.equal(sim.control.metadataJobs().length, jobs, 'not even a dry run')
  const first = await rtr('acme')
  assert(first.stdout.split('\n').length < 32, 'one screen')
  const one = await rtr('acme', '--app', 'ERP_Sync')
  assert.match(one.stdout, /app:ERP_Sync\/python-requests\/erp\.sync@legacy\.example/)
  assert.doesNotMatch(one.stdout, /Jenkins_CI/)
  const alone = await json('acme', '--app', 'app:ERP_Sync')
  assert.deepEqual(
    alone.value.apps.map(({ subject }: AppJson) => subject),
    ['app:ERP_Sync'],
  )
  assert.equal(alone.value.counts.clients, 3)
  assert.equal((await json('acme', '--app', 'Erp_Sink')).value.error.code, 'BAD_ARGUMENT')
  const page = await rtr('acme', '--format', 'html', '--output', 'r.html')
  assert.equal(page.code, 0, page.stderr)
  const html = readFileSync(join(folder.path, 'r.html'), 'utf8')
  assert.match(html, /Content-Security-Policy[^>]*default-src 'none'/)
  assert.match(html, /Who would|waits for clients/)
  assert.equal(statSync(join(folder.path, 'r.html')).mode & 0o777, 0o600)
  const offline = await json('--snapshot', 's.json')
  assert.equal(offline.code, 0)
  assert.deepEqual(
    offline.value.apps.map(({ subject }: AppJson) => subject).sort(),
    value.apps.map(({ subject }: AppJson) => subject).sort(),
  )
  assert.equal(
    appOf(offline.value.apps, 'app:Team_CLI').clients.some(({ by }) => by === 'own-grant'),
    false,
    'a file doesn’t know who goes through Keyturn: nobody is ready for it',
  )
})

test('hostile names of a company stand in no output as more than text', async (t) => {
  const { rtr, json } = await rtrCompany(t, { hostile: true })
  for (const format of ['table', 'markdown', 'html'] as const) {
    const { code, stdout, stderr } = await rtr('acme', '--format', format)
    assert.equal(code, 0, stderr)
    // oxlint-disable-next-line no-control-regex -- that there are none is what is tested
    assert.doesNotMatch(stdout + stderr, /[\u0000-\u0008\u000b-\u001f\u202a-\u202e]/)
    if (format !== 'table') assert.doesNotMatch(stdout, /<script|<img /i)
  }
  const { value } = await json('acme')
  for (const { subject } of value.apps as readonly AppJson[]) {
    const { code, stderr } = await rtr('notice', 'acme', subject)
    assert.equal(code, 0, stderr)
  }
})

test('enabling is refused while one client isn’t ready, for apps of others, and for apps that are not there', async (t) => {
  const { rtr, json, rotates, ledger } = await rtrCompany(t)
  const no = await rtr('enable', 'acme', 'app:ERP_Sync', '--yes')
  assert.equal(no.code, 1, no.stderr)
  assert.match(no.stdout, /erp\.sync@legacy\.example/)
  assert.match(no.stdout, /rtr notice acme app:ERP_Sync/)
  assert.equal(rotates('ERP_Sync'), false)
  const foreign = await rtr('enable', 'acme', 'app:Marketing_Hub', '--yes', '--cut-off-anyway', 'x')
  assert.equal(foreign.code, 5)
  assert.match(foreign.stderr, /only its maker/)
  const typo = await rtr('enable', 'acme', 'ERP_Snyc', '--yes')
  assert.equal(typo.code, 2)
  assert.match(typo.stderr, /ERP_Sync/)
  const empty = await rtr('enable', 'acme', 'app:ERP_Sync', '--yes', '--cut-off-anyway', ' ')
  assert.equal(empty.code, 2)
  const dry = await json('enable', 'acme', 'app:ERP_Sync', '--dry-run', '--cut-off-anyway', 'x')
  assert.equal(dry.code, 0)
  assert.equal(dry.value.outcome, 'dry-run')
  assert.equal(dry.value.dryRun.is, 'accepted')
  const nobody = await rtr('enable', 'acme', 'app:ERP_Sync', '--cut-off-anyway', 'x')
  assert.equal(nobody.code, 0)
  assert.match(nobody.stdout, /Nobody is there to agree, so this was a dry run/)
  assert.equal(rotates('ERP_Sync'), false)
  assert(!(await ledger()).some(({ kind }) => kind.startsWith('rtr-')), 'nothing was begun')
})

test('answered for, switched on, seen in the status, taken back; no name of a person in the ledger', async (t) => {
  const { rtr, json, rotates, ledger, folder, env } = await rtrCompany(t)
  const portal = 'app:Reporting_Portal/unseen/reporting.portal@legacy.example'
  const words = ['--owner', 'olga@legacy.example', '--reason', 'the portal is gone']
  assert.equal((await rtr('ready', 'acme', portal, '--owner', 'olga@legacy.example')).code, 2, 'a reason is wanted')
  assert.equal((await rtr('ready', 'acme', 'app:Reporting_Portal/nobody/x', ...words)).code, 2)
  assert.equal((await rtr('ready', 'acme', 'app:Reporting_Portal', ...words)).code, 2)
  assert.equal((await rtr('ready', 'acme', portal, ...words)).code, 0)
  const planned = appOf((await json('acme')).value.apps, 'app:Reporting_Portal')
  assert.equal(planned.stage, 'ready')
  assert.equal(planned.clients[0]?.by, 'declared')
  assert.equal((await rtr('ready', 'acme', portal, '--withdraw')).code, 0)
  assert.equal((await rtr('ready', 'acme', portal, '--withdraw')).code, 1)
  assert.equal(appOf((await json('acme')).value.apps, 'app:Reporting_Portal').stage, 'waiting')
  assert.equal((await rtr('ready', 'acme', portal, ...words)).code, 0)

  const on = await json('enable', 'acme', 'Reporting_Portal', '--yes')
  assert.equal(on.code, 0)
  assert.equal(on.value.outcome, 'applied')
  assert.equal(on.value.verified.ok, true)
  assert.equal(rotates('Reporting_Portal'), true)
  const again = await json('enable', 'acme', 'Reporting_Portal', '--yes')
  assert.equal(again.code, 0)
  assert.equal(again.value.outcome, 'nothing-to-do')
  const { code, value } = await json('status', 'acme')
  assert.equal(code, 0)
  const status = value.apps.find(({ app }: { app: string }) => app === 'app:Reporting_Portal')
  assert.equal(status.by, 'keyturn')
  assert(!value.apps.some(({ app }: { app: string }) => app === 'app:ERP_Sync'))

  const back = await json('roll-back', 'acme', 'Reporting_Portal', '--yes')
  assert.equal(back.code, 0)
  assert.equal(rotates('Reporting_Portal'), false)
  assert.equal((await rtr('roll-back', 'acme', 'Reporting_Portal', '--yes')).code, 2, 'it is off')
  const theirs = await rtr('roll-back', 'acme', 'eca:Billing_Sync', '--yes')
  assert.equal(theirs.code, 2, 'never switched on by Keyturn, and not Keyturn’s to weaken')
  assert.equal(rotates('Billing_Sync'), true)

  const lines = await ledger()
  const kinds = lines.map(({ kind }) => kind)
  for (const kind of ['client-declared-ready', 'rtr-enable-began', 'rtr-enable-ended', 'rtr-roll-back-ended'])
    assert(kinds.includes(kind), kind)
  const mine = JSON.stringify(lines.filter(({ kind }) => /^(rtr|client)-/.test(kind)))
  assert.doesNotMatch(mine, /olga|portal is gone|legacy\.example|Reporting_Portal/)
  assert.equal((await folder.run(['ledger', 'verify'], { env })).code, 0)
})

test('an external client app is switched on and back by its settings, whatever they are called', async (t) => {
  const { json, rotates } = await rtrCompany(t)
  const args = ['acme', 'eca:Analytics_Bridge', '--yes'] as const
  const on = await json('enable', ...args, '--cut-off-anyway', 'nobody uses the bridge')
  assert.equal(on.code, 0, JSON.stringify(on.value))
  assert.equal(rotates('Analytics_Bridge'), true)
  assert.equal((await json('roll-back', ...args)).code, 0)
  assert.equal(rotates('Analytics_Bridge'), false)
})

test('locked controls: that it can’t be switched off again is noticed, whether the org refuses it or only pretends', async (t) => {
  const { sim, json, rtr, rotates } = await rtrCompany(t)
  const args = ['acme', 'app:Old_Intranet', '--yes'] as const
  assert.equal((await json('enable', ...args, '--cut-off-anyway', 'old')).code, 0)
  sim.control.changeApp({ app: 'Old_Intranet', settings: { lockedControls: 'reverts' } })
  const pretended = await rtr('roll-back', ...args)
  assert.equal(pretended.code, 5)
  assert.match(pretended.stdout, /not kept by the org/)
  assert.match(pretended.stdout, /only Salesforce Support/)
  sim.control.changeApp({ app: 'Old_Intranet', settings: { lockedControls: 'refused' } })
  const refused = await rtr('roll-back', ...args)
  assert.equal(refused.code, 5)
  assert.match(refused.stdout, /locked/)
  assert.equal(rotates('Old_Intranet'), true)
  assert.equal((await json('status', 'acme', 'app:Old_Intranet')).value.apps[0].by, 'keyturn', 'still on, and ours')
})

test('a vendor’s app: the request, the limits that are this org’s, and the block', async (t) => {
  const { sim, rtr, json } = await rtrCompany(t)
  const request = await json('notice', 'acme', 'app:Marketing_Hub')
  assert.equal(request.value.kind, 'request')
  assert.match(request.value.notices[0].text, /mkhub/)
  const no = await rtr('limit', 'acme', 'app:Marketing_Hub', '--yes')
  assert.equal(no.code, 1)
  assert.match(no.stdout, /lena\.lang@legacy\.example/)
  const limited = await json('limit', 'acme', 'app:Marketing_Hub', '--yes', '--cut-off-anyway', 'unused')
  assert.equal(limited.code, 0, JSON.stringify(limited.value))
  const body = sim.control
    .components({ type: 'ConnectedApp' })
    .find(({ fullName }) => fullName.includes('Marketing_Hub'))
  assert.match(JSON.stringify(body), /"ipRelaxation":"ENFORCE"/)
  assert.match(JSON.stringify(body), /specific_inactivity/)
  const blocked = await json('limit', 'acme', 'eca:Warehouse_Feed', '--block', '--yes', '--cut-off-anyway', 'unused')
  assert.equal(blocked.code, 0, JSON.stringify(blocked.value))
  assert.equal(appOf((await json('acme')).value.apps, 'eca:Warehouse_Feed').stage, 'blocked')
  const strange = await rtr('limit', 'acme', 'uninstalled:Workflow_Zap', '--block')
  assert.equal(strange.code, 5)
  assert.match(strange.stderr, /Connected Apps OAuth Usage/)
})

test('rehearsals are remembered: failed ones against a client, and those in part for nothing', async (t) => {
  const { folder, env, json, rtr, ledger } = await rtrCompany(t)
  const robot = 'app:Jenkins_CI/sfdx-toolbelt/release.robot@legacy.example'
  const rehearse = (record: string, ...more: readonly string[]): ReturnType<typeof folder.run> =>
    folder.run(['rehearse', '--record', record, ...more, '--', process.execPath, client('refresh-at-start')], { env })
  assert.equal((await rehearse('Jenkins')).code, 2, 'that is no client')
  const judged = async (): Promise<string> => {
    const one = appOf((await json('acme')).value.apps, 'app:Jenkins_CI').clients.find(({ id }) => id === robot)
    return `${one?.readiness ?? ''} ${one?.by ?? ''}`
  }
  const part = await rehearse(robot, '--behaviour', 'survives-restart', '--mode', 'documented')
  assert.equal(part.code, 0, part.stderr)
  assert.equal(await judged(), 'unknown ')
  const ran = await rehearse(
    robot,
    '--behaviour',
    'stores-before-use',
    '--mode',
    'documented',
    '--client-version',
    '2.1',
  )
  assert.equal(ran.code, 1, ran.stderr)
  assert.equal(await judged(), 'not-ready rehearsal')
  const words = ['--owner', 'o@x.example', '--reason', 'r']
  const word = await rtr('ready', 'acme', robot, ...words)
  assert.match(word.stdout, /But of .*stores-before-use/)
  assert.equal((await rtr('enable', 'acme', 'app:Jenkins_CI', '--yes')).code, 1, 'a word against what was shown')
  const entry = (await ledger()).findLast(({ kind }) => kind === 'client-rehearsed')
  assert.equal(entry?.data['failed'], 1)
  assert.doesNotMatch(JSON.stringify(entry), /release\.robot/)
})

test('the repository of a client is evidence for that client, and for nobody where none is named', async (t) => {
  const { folder, json, rtr } = await rtrCompany(t)
  const jsforce = 'app:Team_CLI/@jsforce%2Fjsforce-node/jenkins.deploy@legacy.example'
  writeFileSync(
    join(folder.path, 'sync.js'),
    "const jsforce = require('jsforce')\nconst c = new jsforce.Connection({ oauth2, refreshToken: process.env.SF_REFRESH_TOKEN })\n",
  )
  writeFileSync(join(folder.path, 'package.json'), JSON.stringify({ dependencies: { jsforce: '3.10.26' } }))
  const of = async (scan: string): Promise<string | undefined> =>
    appOf((await json('acme', '--scan', scan)).value.apps, 'app:Team_CLI').clients.find(({ id }) => id === jsforce)
      ?.readiness
  assert.equal(await of(`${jsforce}=.`), 'not-ready')
  assert.equal(await of('.'), 'unknown')
  assert.match((await rtr('acme', '--scan', '.')).stdout, /speaks for no client/)
})

test('an auditor who may see little gets no app that is ready', async (t) => {
  const { json } = await rtrCompany(t, { user: 'billing.sync@legacy.example' })
  const { code, value } = await json('acme')
  assert.equal(code, 0, JSON.stringify(value))
  assert.equal(value.counts.ready, 0)
  assert(value.blind.length > 0)
})
