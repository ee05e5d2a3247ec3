/** SOAP clients that are made from a WSDL and take nothing that it doesn't say: python's zeep (strict) and suds. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { openDoorway } from './doorway.ts'
import type { Doorway } from './doorway.ts'
import { absent, run } from './outside-program.ts'
import { loginWsdl } from './partner-wsdl.ts'

const python = '/usr/bin/python3'
const without = (name: string): string | false =>
  absent(python, ['-c', `import ${name}`], `apt-get install python3-${name}`)

const zeep = `
import sys, json
from zeep import Client, Settings
from zeep.exceptions import Fault
given = json.loads(sys.stdin.readline())
client = Client(given["wsdl"], settings=Settings(strict=True, raw_response=False))
try:
    client.service.login(given["username"], "wrong")
except Fault as fault:
    refused = fault.code
result = client.service.login(given["username"], given["password"])
info = result.userInfo
print(json.dumps({"refused": refused, "sessionId": result.sessionId, "serverUrl": result.serverUrl,
  "userId": result.userId, "organizationId": info.organizationId, "seconds": info.sessionSecondsValid,
  "user": info.userName, "missing": [name for name in info if info[name] is None], "fields": len(list(info))}))
`

const suds = `
import sys, json
from suds.client import Client
from suds import WebFault
given = json.loads(sys.stdin.readline())
client = Client("file://" + given["wsdl"])
try:
    client.service.login(given["username"], "wrong")
except WebFault as fault:
    refused = fault.fault.faultcode
result = client.service.login(given["username"], given["password"])
info = result.userInfo
fields = [name for name, value in info]
print(json.dumps({"refused": refused, "sessionId": result.sessionId, "serverUrl": result.serverUrl,
  "userId": result.userId, "organizationId": info.organizationId, "seconds": info.sessionSecondsValid,
  "user": info.userName, "missing": [name for name in fields if info[name] is None], "fields": len(fields)}))
`

interface Told {
  readonly refused: string
  readonly sessionId: string
  readonly serverUrl: string
  readonly userId: string
  readonly organizationId: string
  readonly seconds: number
  readonly user: string
  readonly missing: readonly string[]
  readonly fields: number
}

const logIn = async (t: TestContext, program: string, flavour: 'partner' | 'enterprise'): Promise<void> => {
  const door = await openDoorway(t)
  door.sim.control.changeOrg({ settings: { soapLogin: false } })
  const { password } = await door.enrol('stub')
  const wsdl = join(door.folder, `${flavour}.wsdl`)
  const letter = flavour === 'partner' ? 'u' : 'c'
  writeFileSync(wsdl, loginWsdl(flavour, `${door.url}/services/Soap/${letter}/58.0`))
  const given = { wsdl, username: 'stub@broker.example', password }
  const { code, stdout, stderr } = await run(python, ['-c', program], { stdin: `${JSON.stringify(given)}\n` })
  assert.equal(code, 0, stderr)
  const told = JSON.parse(stdout) as Told
  const { ready } = stateOf(door)
  assert.match(told.refused, /^(sf:|fns:)?INVALID_LOGIN$/)
  assert.deepEqual([told.userId, told.organizationId], [ready.userId, ready.orgId])
  assert.equal(new URL(told.serverUrl).origin, door.url)
  assert.equal(told.fields, 24, 'every element of GetUserInfoResult')
  const empty = [
    'currencySymbol',
    'orgDefaultCurrencyIsoCode',
    'orgDefaultCurrencyLocale',
    'roleId',
    'userDefaultCurrencyIsoCode',
  ]
  assert.deepEqual(
    told.missing.filter((name) => !empty.includes(name)),
    [],
    'only what the WSDL calls nillable is nil',
  )
  assert.ok(told.seconds > 0 && told.user !== '')
  // The session is good where it says, and the end of the org's session is not seen.
  for (let end = 0; end < 2; end++) {
    door.expire()
    const answer = await fetch(`${door.url}/services/data/v60.0/limits`, {
      headers: { authorization: `Bearer ${told.sessionId}` },
    })
    assert.equal(answer.status, 200)
  }
  assert.deepEqual(door.counts().slice(1), [0, 0])
}

const stateOf = ({ sim }: Doorway): { readonly ready: { readonly userId: string; readonly orgId: string } } => {
  const [org] = sim.orgs
  const user = org?.users.find(({ username }) => username === 'integration@acme.example')
  return { ready: { userId: user?.id ?? '', orgId: org?.id ?? '' } }
}

for (const flavour of ['partner', 'enterprise'] as const) {
  test(`zeep: a strict stub of the ${flavour} WSDL logs in while login() is off`, { skip: without('zeep') }, (t) =>
    logIn(t, zeep, flavour),
  )
  test(`suds: a stub of the ${flavour} WSDL logs in while login() is off`, { skip: without('suds') }, (t) =>
    logIn(t, suds, flavour),
  )
}
