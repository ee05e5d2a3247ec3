/**
 * Where a user's identity is asked: Salesforce writes https://login.salesforce.com/id/ORG/USER, also into the list of a
 * version's resources, from which jsforce reads it. A client that went there with its virtual session would be refused.
 */
import type { Beginning } from './expiry.ts'
import type { Target } from './target.ts'

const identity = /https?:\/\/[^/"'<>\s]+(\/id\/00D[A-Za-z0-9]{12,15}\/005[A-Za-z0-9]{12,15})/g

export const identityAt = (text: string, base: string): string =>
  text.replaceAll(identity, (_, path: string) => `${base}${path}`)

const resources = /^\/services\/data\/v\d{1,3}\.\d\/?$/

export const namesIdentity = ({ method, path }: Target, status: number): boolean =>
  method === 'GET' && status === 200 && resources.test(path)

/** Of plain text. */
export const withIdentityAt = (beginning: Beginning, base: string): Beginning =>
  beginning.whole
    ? { ...beginning, chunks: [Buffer.from(identityAt(Buffer.concat(beginning.chunks).toString('utf8'), base))] }
    : beginning
