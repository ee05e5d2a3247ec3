/** The allowlist of addresses that may use refresh tokens, with the exemptions and the limit Salesforce gives. */
import { sizeOfAll } from '../addresses.ts'
import { appControl } from '../app-control.ts'
import { callbackKind } from '../callbacks.ts'
import { apart, given, right, unsure, wrong } from '../looks.ts'
import { numberIn } from '../parameters.ts'
import { ofRefreshTokens } from '../refresh-tokens.ts'

const exempt = (callback: string): boolean => ['local', 'native', 'salesforce'].includes(callbackKind(callback))

export const control = appControl({
  id: 'app-token-ip-allowlist',
  title: 'Refresh tokens only work from addresses that are named',
  severity: 'high',
  why: 'The stolen tokens of 2025 were used from rented servers. An allowlist makes them worthless there, whatever else was stolen.',
  remedy:
    'Name the addresses that the servers of the app leave from, 256 at most, and enforce the allowlist. Clients on people’s own devices need an app of their own, which is exempt.',
  effort: 'hours',
  catalogues: { partner2026: ['PARTNER-RT-IP'] },
  profiles: { strict: { mostAddresses: 256 }, 'partner-2026': { mostAddresses: 256 } },
  wrong: 'refresh tokens work from anywhere',
  changedBy: 'owner',
  look: (app, { parameters }) =>
    ofRefreshTokens(app, () =>
      given(app.callbacks, (callbacks) => {
        if (callbacks.length > 0 && callbacks.every(exempt)) return apart
        return given(app.tokenIpRanges, (ranges) => {
          if (ranges.length === 0) {
            const mixed = callbacks.some(exempt)
              ? ' It serves servers and people’s own devices at once: give them an app each.'
              : ''
            return wrong(`There is no allowlist.${mixed}`, { ranges: 0 })
          }
          const most = numberIn(parameters, 'mostAddresses', 256)
          const size = sizeOfAll(ranges)
          if (size === null) return unsure('The allowlist holds ranges that are none.', { ranges: ranges.length })
          return size <= BigInt(most)
            ? right
            : wrong(`The allowlist holds more than ${most} addresses.`, {
                ranges: ranges.length,
                addresses: String(size),
              })
        })
      }),
    ),
})
