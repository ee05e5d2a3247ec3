/**
 * Certificate (Certificate and Key Management): the key pair is made by the org and never leaves it. A new self-signed
 * one lasts a year, or two with a 4096-bit key; for one to be signed by an authority the file holds the request. What can
 * be deployed onto an existing one is its signed chain; its size and its dates are what they are.
 */
import { X509Certificate } from 'node:crypto'
import { componentType } from '../../component-type.ts'
import type { Context } from '../../component-type.ts'
import type { JsonObject } from '../../elements.ts'
import { ComponentProblem, all, flag, integer, present, required, text, textAt } from '../../elements.ts'
import { bodyOf, forgetRow, keep, keepContent, rowOf, rowsOf } from '../../store.ts'
import { makeRequest, makeSelfSigned } from './self-signed.ts'

const type = 'Certificate'
const year = 365 * 86_400_000
const keyName = 'privateKey'
const dateOf = (epochMs: number): string => new Date(epochMs).toISOString()

const shown = ({ [keyName]: _key, ...body }: JsonObject): JsonObject => body

function create(context: Context, fullName: string, body: JsonObject): void {
  const { org } = context
  const keySize = Number(body['keySize'] ?? 2048)
  if (keySize !== 2048 && keySize !== 4096)
    throw new ComponentProblem(`Invalid key size: ${keySize}. Specify 2048 or 4096.`)
  if (body['content'] !== undefined && body['content'] !== '')
    throw new ComponentProblem('You can’t import a certificate whose private key is not in this org')
  const kept = { privateKeyExportable: true, ...body, keySize, content: undefined }
  const store = (content: string, of: JsonObject): void => {
    keep(context, certificate, fullName, present({ ...kept, ...of }))
    keepContent(org, type, fullName, Buffer.from(content))
  }
  if (body['caSigned'] === true) {
    const { request, privateKey } = makeRequest({ name: fullName, keySize })
    store(request, { [keyName]: privateKey })
  } else {
    const notAfter = org.now() + year * (keySize === 4096 ? 2 : 1)
    const serial = org.ids.hex('certificate', 16)
    const made = makeSelfSigned({ name: fullName, notBefore: org.now(), notAfter, keySize, serial })
    store(made.certificate, { [keyName]: made.privateKey, expirationDate: dateOf(notAfter) })
  }
  const display = `Inserted certificate ${fullName}`
  context.audit([{ action: 'insertCertificate', section: 'Certificate and Key Management', display }])
}

function change(context: Context, fullName: string, body: JsonObject, before: JsonObject): void {
  const { org } = context
  for (const name of ['caSigned', 'keySize'] as const)
    if (body[name] !== undefined && body[name] !== before[name])
      throw new ComponentProblem(`Cannot change ${name} of certificate ${fullName}`)
  const row = rowOf(org, type, fullName)
  const given = textAt(body, 'content')
  const content = given === undefined ? undefined : Buffer.from(given, 'base64')
  const kept = { ...bodyOf(org, type, fullName), masterLabel: body['masterLabel'] }
  if (content === undefined || row?.content?.equals(content) === true) {
    keep(context, certificate, fullName, kept)
    return
  }
  if (before['caSigned'] !== true)
    throw new ComponentProblem('The content of a self-signed certificate can’t be changed')
  let chain: X509Certificate
  try {
    chain = new X509Certificate(content)
  } catch {
    throw new ComponentProblem('The certificate chain can’t be read')
  }
  keep(context, certificate, fullName, { ...kept, expirationDate: dateOf(Date.parse(chain.validTo)) })
  keepContent(org, type, fullName, content)
  const display = `Uploaded certificate chain of ${fullName}`
  context.audit([{ action: 'uploadCertificateChain', section: 'Certificate and Key Management', display }])
}

export const certificate = componentType({
  name: type,
  directory: 'certs',
  suffix: 'crt',
  hasContent: true,
  since: 36,
  idPrefix: '0P1',
  needs: ['ManageCertificates', 'CustomizeApplication'],
  elements: {
    caSigned: required(flag),
    content: text,
    ...all(flag, 'encryptedWithPlatformEncryption', 'privateKeyExportable'),
    expirationDate: text,
    keySize: integer,
    masterLabel: required(text),
  },
  names: ({ org }) => rowsOf(org, type).map((row) => row.fullName),
  read: ({ org }, fullName) => {
    const row = rowOf(org, type, fullName)
    return row === undefined ? undefined : { ...shown(row.body), content: row.content?.toString('base64') ?? '' }
  },
  apply: (context, fullName, body, before) => {
    if ((textAt(body, 'masterLabel') ?? '').length > 64)
      throw new ComponentProblem('masterLabel: at most 64 characters')
    if (before === undefined) create(context, fullName, body)
    else change(context, fullName, body, before)
  },
  remove: (context, fullName) => {
    forgetRow(context.org, type, fullName)
    const display = `Deleted certificate ${fullName}`
    context.audit([{ action: 'deleteCertificate', section: 'Certificate and Key Management', display }]) // guessed
  },
})
