/** The app's own trusted ranges for the web-server flow. */
import { isBroad, rangeText, sizeOf } from '../addresses.ts'
import { appControl } from '../app-control.ts'
import { isPublicClient } from '../callbacks.ts'
import { apart, given, right, unsure, wrong } from '../looks.ts'

export const control = appControl({
  id: 'app-trusted-ip-ranges',
  title: 'Apps of servers name the addresses they come from',
  severity: 'low',
  why: 'The web-server flow of a server comes from a few addresses; from anywhere else it is somebody with a stolen code and secret.',
  remedy: 'Enter the servers’ addresses as trusted IP ranges of the app.',
  effort: 'hours',
  catalogues: {
    shr: ['shr_configure_trusted_ip_ranges_for_a_connected_app_trusted_ip_ranges_for_a_connected_app'],
  },
  profiles: { strict: {} },
  wrong: 'no addresses are named, or nearly all are',
  changedBy: 'owner',
  look: ({ flows, callbacks, trustedIpRanges }) =>
    given(flows, (used) => {
      if (!used.includes('web-server')) return apart
      return given(callbacks, (all) => {
        if (isPublicClient(all)) return apart
        return given(trustedIpRanges, (ranges) => {
          if (ranges.length === 0) return wrong('No trusted ranges.', { ranges: 0 })
          const broad = ranges.filter((range) => isBroad(range))
          if (broad.length > 0)
            return wrong('A trusted range is very broad.', { ranges: broad.map(rangeText).join(' ') })
          return ranges.some((range) => sizeOf(range) === null) ? unsure('A trusted range is none.') : right
        })
      })
    }),
})
