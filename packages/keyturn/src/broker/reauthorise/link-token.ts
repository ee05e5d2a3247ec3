/**
 * The one-time texts of a re-authorisation: what stands in the link, what goes to Salesforce as `state`, what binds the
 * browser. Each says which grant it is for, so that any replica finds its record, and has 256 random bits; the record
 * holds hashes only.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import { Secret } from '@keyturn/tokens'

export type Random = (size: number) => Uint8Array

const RANDOM_BYTES = 32

/** In a path, a query and a cookie without encoding. */
export const newOneTime = (grantId: string, random: Random): Secret =>
  new Secret(`${Buffer.from(grantId).toString('base64url')}.${Buffer.from(random(RANDOM_BYTES)).toString('base64url')}`)

/** Null for everything that has not the shape. */
export const grantIdIn = (text: string): string | null => {
  const [, name] = /^([A-Za-z0-9_-]{1,120})\.[A-Za-z0-9_-]{43}$/.exec(text) ?? []
  if (name === undefined) return null
  const id = Buffer.from(name, 'base64url').toString('utf8')
  // One text has one spelling.
  return Buffer.from(id).toString('base64url') === name ? id : null
}

export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')

/** In constant time. */
export const fits = (hash: string, text: string): boolean => {
  const [left, right] = [Buffer.from(hash, 'hex'), createHash('sha256').update(text).digest()]
  return left.length === right.length && timingSafeEqual(left, right)
}
