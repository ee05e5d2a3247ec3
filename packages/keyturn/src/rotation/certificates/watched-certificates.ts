/**
 * The certificates of an org as they were last seen, one record (`certificates`) for each grant that looks. What was told
 * of one belongs to that very certificate: a new one in its place begins anew.
 */
import * as z from 'zod'
import { KeyturnError } from '@keyturn/tokens'
import type { Json, Records } from '@keyturn/tokens'
import type { CertificateExpiry } from '../../org/certificate-expiry.ts'

const recordKind = 'certificates'

const certificate = z
  .strictObject({
    kind: z.enum(['connected-app', 'external-client-app', 'org']),
    name: z.string(),
    /** Epoch ms; null: unknown, `why` says why. */
    notAfter: z.number().nullable(),
    fingerprint: z.string().nullable(),
    why: z.string().nullable(),
    /** The last of the warning days that was told; null: none. */
    told: z.number().nullable(),
  })
  .readonly()

const doc = z
  .strictObject({
    v: z.literal(1),
    at: z.number(),
    certificates: z.array(certificate).readonly(),
    unseen: z.array(z.string()).readonly(),
  })
  .readonly()

export type WatchedCertificate = z.infer<typeof certificate>
export type WatchedDoc = z.infer<typeof doc>

export interface WatchedCertificates {
  get(grant: string): Promise<WatchedDoc | null>
  list(): Promise<readonly (WatchedDoc & { readonly grant: string })[]>
  keep(
    grant: string,
    found: {
      readonly at: number
      readonly certificates: readonly CertificateExpiry[]
      readonly unseen: readonly string[]
    },
  ): Promise<void>
  told(grant: string, of: WatchedCertificate, days: number): Promise<void>
}

const read = (content: unknown): WatchedDoc => {
  const parsed = doc.safeParse(content)
  if (parsed.success) return parsed.data
  throw new KeyturnError('STORE_TOO_NEW', 'The watched certificates were written by another version of Keyturn')
}

type Known = Pick<WatchedCertificate, 'kind' | 'name' | 'notAfter' | 'fingerprint'>

const same = (one: Known, other: Known): boolean =>
  one.kind === other.kind &&
  one.name === other.name &&
  one.notAfter === other.notAfter &&
  one.fingerprint === other.fingerprint

export const watchedCertificates = (records: Pick<Records, 'get' | 'put' | 'list'>): WatchedCertificates => {
  /** Another replica may be at it: then what it wrote is read, and changed once more. */
  const change = async (grant: string, make: (before: WatchedDoc | null) => WatchedDoc | null): Promise<void> => {
    for (;;) {
      const held = await records.get(recordKind, grant)
      const next = make(held === null ? null : read(held.doc))
      if (next === null) return
      try {
        await records.put({ kind: recordKind, id: grant, doc: next as unknown as Json, expect: held?.version ?? null })
        return
      } catch (error) {
        if (!(error instanceof KeyturnError) || error.code !== 'CLAIM_LOST') throw error
      }
    }
  }
  return {
    async get(grant) {
      const held = await records.get(recordKind, grant)
      return held === null ? null : read(held.doc)
    },
    async list() {
      const found: (WatchedDoc & { readonly grant: string })[] = []
      let after = ''
      for (;;) {
        const page = await records.list(recordKind, after)
        found.push(...page.map(({ id, doc: content }) => ({ grant: id, ...read(content) })))
        const last = page.at(-1)?.id
        if (last === undefined) return found
        after = last
      }
    },
    keep: (grant, { at, certificates, unseen }) =>
      change(grant, (before) => ({
        v: 1,
        at,
        unseen,
        certificates: certificates.map((one) => ({
          ...one,
          told: before?.certificates.find((old) => same(old, one))?.told ?? null,
        })),
      })),
    told: (grant, of, days) =>
      change(grant, (before) =>
        before === null
          ? null
          : {
              ...before,
              certificates: before.certificates.map((one) => (same(one, of) ? { ...one, told: days } : one)),
            },
      ),
  }
}
