/** /services/Soap/m/{version}: the operations of the Metadata API's WSDL. */
import type { Call } from '../oauth/context.ts'
import type { SimResponse } from '../route.ts'
import { judgeSoapSession } from '../sessions/soap-session.ts'
import { escapeXml } from '../soap/envelope.ts'
import { availableTypes, typeNamed } from './catalogue.ts'
import { contextOf } from './context.ts'
import type { OpenContext } from './context.ts'
import { CallRefusal, readMany, remove, rename, write } from './crud.ts'
import { allowsPartial } from './deploy.ts'
import { deployOptionsOf } from './deploy-options.ts'
import { deployResultOf } from './deploy-result.ts'
import type { Json, JsonObject } from './elements.ts'
import { ComponentProblem, namespace } from './elements.ts'
import { propertiesOf } from './file-properties.ts'
import { cancel, deployValidated, jobById, retrievedZip, stageOf, submit } from './jobs.ts'
import type { Job } from './jobs.ts'
import { manifestOf } from './manifest.ts'
import { elementsXml, isNode, listOf, parseXml, plainText } from './xml.ts'
import type { XmlNode } from './xml.ts'

export const versions = { first: 31, last: 68 } as const

const queryLimit = 3

const declarations =
  'xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'

const xml = (status: number, body: string): SimResponse => ({
  status,
  headers: { 'Content-Type': 'text/xml;charset=UTF-8' },
  body: `<?xml version="1.0" encoding="UTF-8"?>${body}`,
})

function faultOf(call: Call, code: string, text: string): SimResponse {
  const client = code === 'soapenv:Client'
  call.org.record(call.number, {
    kind: 'refused',
    error: code,
    description: text.slice(0, 80),
    reason: `metadata ${code}`,
  })
  return xml(
    500,
    `<soapenv:Envelope ${declarations} xmlns:sf="${namespace}"><soapenv:Body><soapenv:Fault>` +
      `<faultcode>${client ? code : `sf:${code}`}</faultcode><faultstring>${client ? '' : `${code}: `}${escapeXml(text)}</faultstring>` +
      '</soapenv:Fault></soapenv:Body></soapenv:Envelope>',
  )
}

const respond = (operation: string, inner: string): SimResponse =>
  xml(
    200,
    `<soapenv:Envelope ${declarations} xmlns="${namespace}"><soapenv:Body><${operation}Response>${inner}</${operation}Response></soapenv:Body></soapenv:Envelope>`,
  )

const resultXml = (value: JsonObject): string => `<result>${elementsXml(value, '')}</result>`

interface Request {
  readonly operation: string
  readonly args: XmlNode
  readonly sessionId: string
}

function read(body: string): Request | undefined {
  let parsed: unknown
  try {
    parsed = parseXml(body)
  } catch {
    return undefined
  }
  const envelope = isNode(parsed) ? parsed['Envelope'] : undefined
  const content = isNode(envelope) ? envelope['Body'] : undefined
  if (!isNode(envelope) || !isNode(content)) return undefined
  const operation = Object.keys(content).find((name) => !name.startsWith('@_') && name !== '#text')
  if (operation === undefined) return undefined
  const args = content[operation]
  const header = envelope['Header']
  const session = isNode(header) ? header['SessionHeader'] : undefined
  return {
    operation,
    args: isNode(args) ? args : {},
    sessionId: isNode(session) ? plainText(session['sessionId']) : '',
  }
}

export function metadataSoap(call: Call, path: string): SimResponse {
  const request = read(call.request.body.toString())
  const version = Number(path)
  if (request === undefined) return faultOf(call, 'UNKNOWN_EXCEPTION', 'The request is not a SOAP envelope.')
  if (!(version >= versions.first && version <= versions.last))
    return faultOf(call, 'UNSUPPORTED_API_VERSION', `Invalid Api version specified on URL: ${path}`)
  const session = judgeSoapSession(call, request.sessionId, version)
  if ('code' in session) return faultOf(call, session.code, session.message)
  const context = contextOf(call.org, { orgs: call.orgs, userId: session.userId, version })
  if (!mayUseMetadata(context))
    return faultOf(
      call,
      'INSUFFICIENT_ACCESS',
      'use of the Metadata API requires a user with the ModifyAllData or ModifyMetadata permissions',
    )
  const handle = operations[request.operation]
  if (handle === undefined)
    return faultOf(call, 'soapenv:Client', `No operation available for request {${namespace}}${request.operation}`)
  try {
    return respond(request.operation, handle(context, request.args))
  } catch (error) {
    if (error instanceof CallRefusal) return faultOf(call, error.code, error.message)
    // What doesn't fit the WSDL is refused before anybody looks at what it means.
    if (error instanceof ComponentProblem && error.structural) return faultOf(call, 'soapenv:Client', error.message)
    throw error
  }
}

export const mayUseMetadata = ({ access }: OpenContext): boolean =>
  access.has('ModifyMetadata') || access.has('ModifyAllData')

type Operation = (context: OpenContext, args: XmlNode) => string

function jobOf<K extends Job['kind']>({ org }: OpenContext, args: XmlNode, kind: K): Extract<Job, { kind: K }> {
  const id = plainText(args['asyncProcessId'] ?? args['id'] ?? args['String'])
  const job = jobById(org, id)
  if (job === undefined || job.kind !== kind)
    throw new CallRefusal('INVALID_ID_FIELD', `invalid deployment id or retrieve id: ${id}`)
  return job as Extract<Job, { kind: K }>
}

const many = (results: readonly JsonObject[]): string => results.map(resultXml).join('')

function describe(context: OpenContext): string {
  const partial = allowsPartial(context.org)
  return resultXml({
    metadataObjects: availableTypes(context).map((type) => ({
      directoryName: type.directory,
      inFolder: false,
      metaFile: type.hasContent,
      suffix: type.suffix,
      xmlName: type.name,
    })),
    organizationNamespace: '',
    partialSaveAllowed: partial,
    testRequired: !partial,
  })
}

function list(context: OpenContext, args: XmlNode): string {
  const queries = listOf(args['queries'])
  if (queries.length > queryLimit)
    throw new CallRefusal('EXCEEDED_ID_LIMIT', `You can specify up to ${queryLimit} queries`)
  return queries
    .flatMap((query) => {
      const name = plainText(isNode(query) ? query['type'] : '')
      const type = typeNamed(context, name)
      if (type === undefined) throw new CallRefusal('INVALID_TYPE', `Unknown type:${name}`)
      return type.names(context).map((fullName) => resultXml({ ...propertiesOf(context, type, fullName) }))
    })
    .join('')
}

function records(context: OpenContext, args: XmlNode): string {
  const typeName = plainText(args['type'])
  const found = readMany(context, typeName, args['fullNames']).map(({ fullName, body }) => {
    if (body === null) return '<records xsi:nil="true"/>'
    const first = elementsXml({ fullName }, '')
    return `<records xsi:type="${escapeXml(typeName)}">${first}${elementsXml(body, '')}</records>`
  })
  return `<result>${found.join('')}</result>`
}

function retrieveRequest(context: OpenContext, args: XmlNode): string {
  const request = args['request'] ?? args['retrieveRequest']
  const given = isNode(request) ? request : {}
  const version = Number(plainText(given['apiVersion']))
  const job = submit(context.org, {
    kind: 'retrieve',
    userId: context.userId,
    version: context.version,
    zip: null,
    request: {
      apiVersion: version > 0 ? version : context.version,
      singlePackage: plainText(given['singlePackage']) === 'true',
      packageNames: listOf(given['packageNames'])
        .map(plainText)
        .filter((name) => name !== ''),
      specificFiles: listOf(given['specificFiles'])
        .map(plainText)
        .filter((name) => name !== ''),
      unpackaged: manifestOf(given['unpackaged']),
    },
  })
  return resultXml({ done: false, id: job.id, state: 'Queued' })
}

function retrieveStatus(context: OpenContext, args: XmlNode): string {
  const { org } = context
  const job = jobOf(context, args, 'retrieve')
  const done = stageOf(org, job) === 'Done'
  const zipFile = done && plainText(args['includeZip'] ?? 'true') !== 'false' ? retrievedZip(org, job.id) : undefined
  return resultXml({
    done,
    ...(done ? { fileProperties: (job.result?.properties ?? []) as unknown as readonly Json[] } : {}),
    id: job.id,
    ...(done ? { messages: (job.result?.messages ?? []) as readonly Json[] } : {}),
    status: done ? 'Succeeded' : stageOf(org, job),
    success: done,
    ...(zipFile === undefined ? {} : { zipFile: zipFile.toString('base64') }),
  })
}

const operations: Readonly<Record<string, Operation>> = {
  describeMetadata: describe,
  listMetadata: list,
  readMetadata: records,
  createMetadata: (context, args) => many(write(context, 'create', args['metadata'])),
  updateMetadata: (context, args) => many(write(context, 'update', args['metadata'])),
  upsertMetadata: (context, args) => many(write(context, 'upsert', args['metadata'])),
  deleteMetadata: (context, args) => many(remove(context, plainText(args['type']), args['fullNames'])),
  renameMetadata: (context, args) => {
    const [type, from, to] = ['type', 'oldFullName', 'newFullName'].map((name) => plainText(args[name]))
    return resultXml(rename(context, type ?? '', from ?? '', to ?? ''))
  },
  deploy: (context, args) => {
    const job = submit(context.org, {
      kind: 'deploy',
      userId: context.userId,
      version: context.version,
      request: deployOptionsOf(args['DeployOptions']),
      zip: Buffer.from(plainText(args['ZipFile']), 'base64'),
    })
    return resultXml({ done: false, id: job.id, state: 'Queued' })
  },
  checkDeployStatus: (context, args) => {
    const job = jobOf(context, args, 'deploy')
    return resultXml(deployResultOf(context.org, job, plainText(args['includeDetails']) === 'true'))
  },
  deployRecentValidation: (context, args) => {
    const id = plainText(args['validationId'])
    const job = deployValidated(context.org, id, context)
    if (job === undefined) throw new CallRefusal('INVALID_ID_FIELD', `invalid validation id: ${id}`)
    return `<result>${job.id}</result>`
  },
  cancelDeploy: (context, args) => {
    const job = cancel(context.org, jobOf(context, args, 'deploy'), context.userId)
    return resultXml({ done: stageOf(context.org, job) === 'Canceled', id: job.id })
  },
  retrieve: retrieveRequest,
  checkRetrieveStatus: retrieveStatus,
}
