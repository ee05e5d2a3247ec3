/** The present to the minute: what is made from it comes out the same however long the making takes. */
import type { Org } from '../state/org.ts'

export const wholeMinute = (org: Org): number => Math.floor(org.now() / 60_000) * 60_000
