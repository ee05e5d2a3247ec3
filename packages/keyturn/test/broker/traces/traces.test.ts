/** Traces: what they tell, what they never tell, and that a collector in trouble costs nobody anything. */
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { systemClock } from '@keyturn/tokens'
import { lazyNetwork } from '@keyturn/tokens/maintenance'
import { openLog } from '../../../src/broker/log.ts'
import { openExporter } from '../../../src/broker/traces/exporter.ts'
import { samplerOf } from '../../../src/broker/traces/sampler.ts'
import type { FinishedSpan } from '../../../src/broker/traces/span.ts'
import { readTraceparent, writeTraceparent } from '../../../src/broker/traces/trace-context.ts'
import { traceSettings } from '../../../src/broker/traces/trace-settings.ts'
import { ask, form, openHall, until } from '../hall/hall.ts'
import type { Enrolled, Hall } from '../hall/hall.ts'
import { startCollector } from './collector.ts'
import type { Collector, SeenSpan } from './collector.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const PARENT = '00f067aa0ba902b7'
const traceparent = `00-${TRACE}-${PARENT}-01`

interface Traced extends Hall {
  readonly collector: Collector
  readonly caller: Enrolled
}

const openTraced = async (t: TestContext, more: object = {}): Promise<Traced> => {
  const collector = await startCollector(t)
  const hall = await openHall(t, { section: { traces: { endpoint: collector.url, ...more } } })
  return { ...hall, collector, caller: await hall.enrol('etl') }
}

const login = async ({ url, caller }: Traced, headers: Readonly<Record<string, string>> = {}): Promise<string> => {
  const asked = form({ grant_type: 'client_credentials', client_id: caller.id, client_secret: caller.secret })
  const { status, json } = await ask(`${url}/services/oauth2/token`, {
    ...asked,
    headers: { ...asked.headers, ...headers },
  })
  assert.equal(status, 200)
  return (json as { access_token: string }).access_token
}

const byName = (spans: readonly SeenSpan[], name: string): SeenSpan => {
  const found = spans.find((span) => span.name === name)
  assert.ok(found, `${name} among ${spans.map((span) => span.name).join(', ')}`)
  return found
}

test('a request, the call to the org and an exchange are one trace, with caller and grant by name', async (t) => {
  const hall = await openTraced(t)
  const token = await login(hall)
  hall.sim.control.expireAccessTokens()
  const answer = await ask(`${hall.url}/services/data/v65.0/limits?x=1`, {
    headers: { authorization: `Bearer ${token}`, traceparent },
  })
  assert.equal(answer.status, 200)
  await hall.broker.close()
  const spans = hall.collector.spans()
  const server = byName(spans, 'GET /services/*')
  assert.equal(server.traceId, TRACE)
  assert.equal(server.parentSpanId, PARENT)
  assert.equal(server.kind, 2)
  assert.deepEqual(server.attributes, {
    'http.request.method': 'GET',
    'http.route': '/services/*',
    'http.response.status_code': '200',
    'keyturn.caller': 'etl',
    'keyturn.grant': 'acme',
    'keyturn.face': 'proxy',
  })
  const inside = spans.filter((span) => span.parentSpanId === server.spanId)
  const calls = inside.filter(({ name }) => name === 'GET rest')
  assert.deepEqual(
    calls.map(({ attributes }) => attributes['http.response.status_code']),
    ['401', '200'],
  )
  const waited = byName(inside, 'new token')
  const exchange = spans.find(({ name, parentSpanId }) => name === 'exchange' && parentSpanId === waited.spanId)
  assert.equal(exchange?.attributes['keyturn.outcome'], 'refreshed')
  const loggedIn = byName(spans, 'POST /services/oauth2/token')
  assert.equal(byName(spans, 'probe').parentSpanId, loggedIn.spanId)
  assert.equal(loggedIn.attributes['keyturn.face'], 'oauth')
  for (const { startTimeUnixNano: start, endTimeUnixNano: end } of spans) {
    assert.ok(BigInt(end) >= BigInt(start))
    assert.ok(Math.abs(Number(BigInt(start) / 1_000_000n) - hall.clock.wall()) < 600_000)
  }
})

test('nothing that anybody keeps secret, sends or asks for is in a byte of what is exported', async (t) => {
  const hall = await openTraced(t, { upstream: true })
  const { caller, url } = hall
  const token = await login(hall, { traceparent, tracestate: 'canary=statecanary', baggage: 'k=baggagecanary' })
  const bearer = { authorization: `Bearer ${token}`, cookie: 'sid=cookiecanary' }
  const username = 'etl@broker.example'
  const canaries = [
    'statecanary',
    'baggagecanary',
    'cookiecanary',
    'querycanary',
    'pathcanary',
    'hostcanary',
    'agentcanary',
    'bodycanary',
    'usercanary',
    'methodcanary',
    'soapcanary',
  ]
  await ask(`${url}/services/oauth2/token`, form({ grant_type: 'refresh_token', refresh_token: caller.refreshToken }))
  await ask(
    `${url}/services/oauth2/token`,
    form({ grant_type: 'password', username, password: caller.password, client_id: 'usercanary' }),
  )
  await ask(`${url}/services/oauth2/token`, form({ grant_type: 'usercanary', password: 'bodycanary' }))
  await ask(`${url}/services/oauth2/userinfo?access_token=${encodeURIComponent(token)}`, { headers: bearer })
  await ask(`${url}/services/oauth2/revoke?token=querycanary`, form({ token: 'bodycanary' }))
  await ask(`${url}/orgs/pathcanary/services/data/v65.0/query?q=querycanary`, { headers: bearer })
  await ask(`${url}/pathcanary`, { headers: { ...bearer, 'user-agent': 'agentcanary' } })
  await ask(`${url}/services/data/v65.0/limits`, { headers: { ...bearer, host: 'hostcanary.example' } })
  await ask(`${url}/services/data/v65.0/limits?_HttpMethod=methodcanary`, { headers: bearer })
  const envelope = (body: string): string =>
    `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>${body}</e:Body></e:Envelope>`
  const soap = `<login xmlns="urn:partner.soap.sforce.com"><username>${username}</username><password>${caller.password}</password></login>`
  for (const body of [soap, '<login xmlns="urn:partner.soap.sforce.com"><username>soapcanary</username></login>']) {
    await ask(`${url}/services/Soap/u/65.0`, {
      method: 'POST',
      headers: { 'content-type': 'text/xml', soapaction: '""' },
      body: envelope(body),
    })
  }
  hall.sim.control.expireAccessTokens()
  await ask(`${url}/services/data/v65.0/query?q=querycanary`, { headers: bearer })
  await hall.broker.close()
  const everything = hall.collector.raw.join('\n')
  assert.ok(hall.collector.spans().length >= 15)
  assert.ok(everything.includes('"etl"') && everything.includes(TRACE), 'the collector hears')
  const secrets = [...hall.secrets, ...hall.sim.control.secrets(), token, username, ...canaries]
  for (const secret of secrets) {
    for (const form of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')])
      assert.ok(!everything.includes(form), `${secret.slice(0, 6)}… was exported`)
  }
  assert.ok(!everything.includes('!KT'), 'no virtual token')
})

test('traceparent goes on to the org only where the operator wants it, and then as the child', async (t) => {
  const seen: (string | undefined)[] = []
  for (const upstream of [false, true]) {
    const collector = await startCollector(t)
    const hall = await openHall(t, { section: { traces: { endpoint: collector.url, upstream } } })
    const org = createServer((request, response) => {
      seen.push(request.headers['traceparent'] as string | undefined, request.headers['tracestate'] as undefined)
      response.end('{}')
    })
    await new Promise<void>((listening) => org.listen(0, '127.0.0.1', listening))
    t.after(() => {
      org.closeAllConnections()
      org.close()
    })
    await hall.keyturn.grants.add({
      name: 'other',
      flow: 'refresh_token',
      loginUrl: hall.sim.url,
      clientId: 'x',
      refreshToken: `r${upstream}`,
      accessToken: '00Dxx!other',
      instanceUrl: `http://127.0.0.1:${(org.address() as AddressInfo).port}`,
    })
    const caller = await hall.enrol('two', { grants: ['other'] })
    const asked = form({ grant_type: 'client_credentials', client_id: caller.id, client_secret: caller.secret })
    const { json } = await ask(`${hall.url}/services/oauth2/token`, asked)
    seen.length = 0
    await ask(`${hall.url}/services/data/v65.0/limits`, {
      headers: {
        authorization: `Bearer ${(json as { access_token: string }).access_token}`,
        traceparent,
        tracestate: 'a=b',
      },
    })
    await hall.broker.close()
    if (!upstream) assert.deepEqual(seen, [undefined, undefined])
    else {
      const call = byName(collector.spans(), 'GET rest')
      assert.deepEqual(seen, [`00-${TRACE}-${call.spanId}-01`, undefined])
    }
  }
})

test('a collector that refuses, or never answers, costs no request, and what is dropped is counted', async (t) => {
  const hall = await openTraced(t)
  hall.collector.answer(400)
  const token = await login(hall)
  const ok = await ask(`${hall.url}/services/data/v65.0/limits`, { headers: { authorization: `Bearer ${token}` } })
  assert.equal(ok.status, 200)
  const { text } = await ask(`${hall.url}/metrics`)
  assert.match(text, /^keyturn_trace_spans_waiting [1-9]/m)
  assert.match(text, /^keyturn_trace_spans_total\{outcome="dropped"\} 0$/m)
  await hall.broker.close()
  assert.equal(hall.collector.spans().length, 0)
  assert.ok(hall.collector.raw.length > 0)
  assert.ok(hall.lines.some((line) => line.includes('takes no spans') && line.includes('status 400')))
})

const span = (n: number): FinishedSpan => ({
  traceId: TRACE,
  spanId: String(n).padStart(16, '0'),
  parentId: null,
  name: 'x',
  kind: 'internal',
  start: 1n,
  end: 2n,
  attributes: {},
  failed: false,
})

test('the queue is bounded; what comes back after an outage is sent; the end waits no longer than its limit', async (t) => {
  const collector = await startCollector(t)
  const settings = traceSettings({ endpoint: collector.url }, {})
  assert.ok(settings)
  // A clock whose waiting ends when the test says so.
  const asleep: { readonly ms: number; readonly wake: () => void }[] = []
  const clock = {
    ...systemClock,
    sleep: (ms: number, signal?: AbortSignal) =>
      new Promise<void>((wake) => {
        if (signal?.aborted) return wake()
        asleep.push({ ms, wake })
        signal?.addEventListener('abort', () => wake())
      }),
  }
  const counted = { exported: 0, dropped: 0 }
  const log = openLog({ clock, level: 'silent', write: () => undefined })
  const network = lazyNetwork({ clock, env: {} })
  t.after(() => network.close())
  const exporter = openExporter({
    settings,
    resource: { service: 'keyturn', version: '0', instance: 'a' },
    network,
    clock,
    log,
    onOutcome: (outcome, count) => {
      counted[outcome] += count
    },
  })
  const wake = (ms: number): void => asleep.splice(0).forEach((each) => each.ms === ms && each.wake())
  collector.answer(503)
  await until('it sleeps', () => asleep.some(({ ms }) => ms === 5_000))
  for (let n = 0; n < 3000; n++) exporter.add(span(n))
  assert.equal(counted.dropped, 3000 - 2048)
  await until('it asked', () => collector.raw.length === 1)
  await until('they are back', () => exporter.waiting === 2048)
  collector.answer(200)
  await until('it sleeps again', () => asleep.some(({ ms }) => ms === 5_000))
  wake(5_000)
  await until('all are sent', () => counted.exported === 2048)
  assert.equal(new Set(collector.spans().map(({ spanId }) => spanId)).size, 2048)
  collector.answer(null)
  exporter.add(span(1))
  const closed = exporter.close()
  await until('it is asked', () => collector.raw.length > 5)
  wake(5_000)
  await closed
  assert.equal(counted.dropped, 3000 - 2048 + 1)
})

test('traceparent is read strictly', () => {
  assert.deepEqual(readTraceparent(traceparent), { traceId: TRACE, spanId: PARENT, sampled: true })
  assert.equal(readTraceparent(`00-${TRACE}-${PARENT}-00`)?.sampled, false)
  assert.equal(readTraceparent(`01-${TRACE}-${PARENT}-01-more`)?.traceId, TRACE)
  assert.equal(writeTraceparent({ traceId: TRACE, spanId: PARENT, sampled: true }), traceparent)
  const bad = [
    '',
    `00-${TRACE}-${PARENT}`,
    `00-${TRACE}-${PARENT}-01-more`,
    `ff-${TRACE}-${PARENT}-01`,
    `00-${'0'.repeat(32)}-${PARENT}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE.toUpperCase()}-${PARENT}-01`,
    `${traceparent}\n`,
  ]
  for (const header of bad) assert.equal(readTraceparent(header), null, header)
  assert.equal(readTraceparent([traceparent, traceparent]), null)
})

test('the samplers of OTEL_TRACES_SAMPLER', () => {
  const low = `${'0'.repeat(18)}${'0'.repeat(13)}1`
  const high = `${'0'.repeat(18)}${'f'.repeat(14)}`
  assert.equal(samplerOf('traceidratio', 0.5)(low, null), true)
  assert.equal(samplerOf('traceidratio', 0.5)(high, null), false)
  assert.equal(samplerOf('traceidratio', 1)(high, null), true)
  assert.equal(samplerOf('traceidratio', 0)(low, null), false)
  const parent = { traceId: high, spanId: PARENT, sampled: true }
  assert.equal(samplerOf('parentbased_traceidratio', 0.1)(high, parent), true)
  assert.equal(samplerOf('parentbased_traceidratio', 0.1)(high, null), false)
  assert.equal(samplerOf('parentbased_always_on', 1)(low, { ...parent, sampled: false }), false)
  assert.equal(samplerOf('always_on', 1)(low, { ...parent, sampled: false }), true)
  assert.equal(samplerOf('always_off', 1)(low, parent), false)
})

test('settings of traces: off unless a collector is named; what cannot work is said', () => {
  assert.equal(traceSettings(undefined, {}), null)
  const endpoint = (section: { endpoint?: string } | undefined, env: Record<string, string>): string | undefined =>
    traceSettings(section, env)?.endpoint.href
  assert.equal(endpoint(undefined, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318/' }), 'http://c:4318/v1/traces')
  assert.equal(
    endpoint({ endpoint: 'http://mine:4318' }, { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://c/x' }),
    'http://mine:4318/v1/traces',
  )
  assert.equal(endpoint(undefined, { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://c/x' }), 'http://c/x')
  const base = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318' }
  assert.equal(endpoint(undefined, { ...base, OTEL_SDK_DISABLED: 'true' }), undefined)
  const settings = traceSettings(undefined, { ...base, OTEL_EXPORTER_OTLP_HEADERS: 'api-key=a%20b, X-Y=z' })
  assert.deepEqual(
    Object.entries(settings?.headers ?? {}).map(([name, value]) => [name, value.reveal(), String(value)]),
    [
      ['api-key', 'a b', '[secret]'],
      ['x-y', 'z', '[secret]'],
    ],
  )
  for (const wrong of [
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'c:4318' },
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://me:secret@c' },
    { ...base, OTEL_TRACES_SAMPLER: 'jaeger_remote' },
    { ...base, OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '2' },
    { ...base, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
  ])
    assert.throws(() => traceSettings(undefined, wrong), { code: 'CONFIG_INVALID' })
})
