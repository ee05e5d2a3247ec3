/** A process of its own that collects everything of the org of `large-org.ts`: its memory is the auditor's alone. */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openKeyturn, systemClock } from '@keyturn/tokens'
import { orgConnection } from '../../../src/org/connection.ts'
import { collect } from '../../../src/posture/collect.ts'
import type { Family } from '../../../src/posture/facts.ts'

export interface LargeAudit {
  readonly calls: { readonly total: number; readonly mostAtOnce: number; readonly ms: number }
  readonly aboutTokens: number
  readonly tokens: readonly [counted: number, read: number, complete: boolean]
  readonly logins: { readonly rows: number; readonly sums: number; readonly addresses: string }
  readonly unknown: readonly string[]
  readonly megabytes: number
}

export interface LargeAsk {
  readonly grant: {
    readonly url: string
    readonly clientId: string
    readonly clientSecret: string
    readonly refreshToken: string
  }
  readonly families: readonly Family[]
}

const audit = async ({ grant: { url, ...client }, families }: LargeAsk): Promise<LargeAudit> => {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-large-'))
  const limits = { connect: 5_000, wait: 60_000, send: 5_000, read: 120_000, stale: 20 }
  const store = `sqlite:${join(folder, 'keyturn.db')}`
  const keyturn = await openKeyturn({ store, masterKey: randomBytes(32), limits, env: {} })
  try {
    await keyturn.grants.add({ name: 'auditor', loginUrl: url, ...client, flow: 'refresh_token' })
    const opened = orgConnection(keyturn, 'auditor')
    let aboutTokens = 0
    const org: typeof opened = {
      ...opened,
      send: (method, path, body) => {
        aboutTokens += Number(/OauthToken|0r8|oauth.usage/.test(path))
        return opened.send(method, path, body)
      },
    }
    const { facts, calls } = await collect({ org, clock: systemClock, families, days: 180 })
    const { tokens, logins, settings: _apart, ...others } = facts
    if (tokens.is === 'unknown' || logins.is === 'unknown') throw new Error('tokens or logins are unknown')
    const { rows, uses, addresses = 'none' } = logins.value
    return {
      calls,
      aboutTokens,
      tokens: [tokens.value.counted, tokens.value.read, tokens.value.complete],
      logins: { rows, sums: uses.length, addresses },
      unknown: Object.entries(others).flatMap(([family, fact]) => (fact.is === 'unknown' ? [family] : [])),
      megabytes: Math.round(process.resourceUsage().maxRSS / 1024),
    }
  } finally {
    await keyturn.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

process.once('message', (ask: LargeAsk) => {
  void audit(ask).then((result) => {
    process.send?.(result)
    process.disconnect()
  })
})
