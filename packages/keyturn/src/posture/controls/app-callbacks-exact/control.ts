/** Callbacks that somebody on the way can read, or that match more than one place. */
import { appControl } from '../app-control.ts'
import { callbackKind } from '../callbacks.ts'
import { apart, given, right, unsure, wrong } from '../looks.ts'

export const control = appControl({
  id: 'app-callbacks-exact',
  title: 'Callbacks are exact and encrypted',
  severity: 'high',
  why: 'A code sent over plain HTTP is read by everybody on the way; a pattern sends it to any page that matches.',
  remedy: 'List exact https addresses as callbacks.',
  effort: 'minutes',
  catalogues: { checklist: ['1'] },
  profiles: { integration: {}, baseline: {}, strict: {} },
  wrong: 'codes can be read on the way or sent elsewhere',
  changedBy: 'owner',
  look: ({ callbacks }) =>
    given(callbacks, (all) => {
      if (all.length === 0) return apart
      const kinds = all.map((callback) => ({ callback, kind: callbackKind(callback) }))
      const bad = kinds.filter(({ kind }) => kind === 'plain-http' || kind === 'wildcard')
      const listed = { callbacks: bad.map(({ callback }) => callback).join(' ') }
      if (bad.length > 0) return wrong(`${bad.length} of ${all.length} callbacks are plain HTTP or patterns.`, listed)
      return kinds.some(({ kind }) => kind === 'odd') ? unsure('A callback is no address that can be read.') : right
    }),
})
