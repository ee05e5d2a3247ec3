/** Components as the files of a deployment: XML, and the zip that holds them beside their manifest. */
import { crc32 } from 'node:zlib'
import type { MetadataBody, MetadataValue } from './metadata-component.ts'

const namespace = 'http://soap.sforce.com/2006/04/metadata'

const escaped = (text: string): string =>
  text.replace(/[&<>]/g, (sign) => (sign === '&' ? '&amp;' : sign === '<' ? '&lt;' : '&gt;'))

/** What the org said is nil has no element at all. */
const isNil = (value: MetadataValue): boolean =>
  value === null ||
  value === undefined ||
  (typeof value === 'object' && !Array.isArray(value) && '$' in value && Object.keys(value).length === 1)

const elementXml = (name: string, value: MetadataValue): string => {
  if (isNil(value)) return ''
  if (Array.isArray(value)) return (value as readonly MetadataValue[]).map((one) => elementXml(name, one)).join('')
  const inner = typeof value === 'object' ? elementsXml(value as MetadataBody) : escaped(String(value))
  return `<${name}>${inner}</${name}>`
}

/** In alphabetical order, as retrieved files have them. */
const elementsXml = (body: MetadataBody): string =>
  Object.keys(body)
    .filter((name) => name !== '$')
    .toSorted()
    .map((name) => elementXml(name, body[name]))
    .join('\n')

export const componentXml = (root: string, body: MetadataBody): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="${namespace}">\n${elementsXml(body)}\n</${root}>\n`

export const manifestXml = (members: Readonly<Record<string, readonly string[]>>, version: string): string => {
  const types = Object.entries(members).map(
    ([name, all]) =>
      `<types>${all.map((member) => elementXml('members', member)).join('')}${elementXml('name', name)}</types>`,
  )
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Package xmlns="${namespace}">\n${types.join('\n')}\n<version>${version}</version>\n</Package>\n`
}

/** 1980-01-01, the first day the format knows: the same files are the same bytes. */
const dosDate = 0x21

/** A zip of a few small files, stored as they are (APPNOTE 6.3.10, §4.3): nothing here is worth compressing. */
export const zipOf = (files: ReadonlyMap<string, string>): Buffer => {
  const bodies: Buffer[] = []
  const entries: Buffer[] = []
  let offset = 0
  for (const [path, text] of files) {
    const name = Buffer.from(path)
    const content = Buffer.from(text)
    // Of both headers: version, flags (names are UTF-8), method, time, date, CRC, sizes, length of the name, extra.
    const fields = Buffer.alloc(26)
    fields.writeUInt16LE(20, 0)
    fields.writeUInt16LE(0x0800, 2)
    fields.writeUInt16LE(dosDate, 8)
    fields.writeUInt32LE(crc32(content), 10)
    fields.writeUInt32LE(content.length, 14)
    fields.writeUInt32LE(content.length, 18)
    fields.writeUInt16LE(name.length, 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), fields, name, content])
    const place = Buffer.alloc(14)
    place.writeUInt32LE(offset, 10)
    entries.push(Buffer.concat([Buffer.from('PK\x01\x02'), Buffer.from([20, 0]), fields, place, name]))
    bodies.push(local)
    offset += local.length
  }
  const directory = Buffer.concat(entries)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(files.size, 4)
  end.writeUInt16LE(files.size, 6)
  end.writeUInt32LE(directory.length, 8)
  end.writeUInt32LE(offset, 12)
  return Buffer.concat([...bodies, directory, Buffer.from('PK\x05\x06'), end])
}
