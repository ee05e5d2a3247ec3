/** Messages as Salesforce sends them: headers, a text part and an HTML part, and a DKIM signature where one is wished. */
import { createHash, createSign } from 'node:crypto'

export interface Dkim {
  readonly domain: string
  readonly selector: string
  /** PEM. */
  readonly privateKey: string
}

interface MessageSpec {
  readonly from: string
  readonly to: string
  readonly subject: string
  readonly date: number
  /** Local part and host of the Message-ID, without brackets. */
  readonly id: string
  readonly text: string
  readonly html: string
  readonly dkim: Dkim | null
}

/** RFC 2045, 6.7. */
function quotedPrintable(text: string): string {
  const encoded = (line: string): string => {
    const octets = [...Buffer.from(line)].map((octet, index, all) =>
      (octet >= 33 && octet <= 126 && octet !== 61) || ((octet === 32 || octet === 9) && index < all.length - 1)
        ? String.fromCharCode(octet)
        : `=${octet.toString(16).toUpperCase().padStart(2, '0')}`,
    )
    let out = ''
    let width = 0
    for (const octet of octets) {
      if (width + octet.length > 75) {
        out += '=\r\n'
        width = 0
      }
      out += octet
      width += octet.length
    }
    return out
  }
  return text.split(/\r?\n/).map(encoded).join('\r\n')
}

const mailDate = (epochMs: number): string => new Date(epochMs).toUTCString().replace('GMT', '+0000')

/** RFC 6376 with relaxed canonicalization of headers and body. */
function signature(headers: readonly (readonly [string, string])[], body: string, of: Dkim, date: number): string {
  const relaxedBody = `${body
    .split('\r\n')
    .map((line) => line.replace(/[ \t]+/g, ' ').replace(/ $/, ''))
    .join('\r\n')
    .replace(/(?:\r\n)*$/, '')}\r\n`
  const bodyHash = createHash('sha256').update(relaxedBody).digest('base64')
  const names = headers.map(([name]) => name.toLowerCase())
  const open =
    `v=1; a=rsa-sha256; c=relaxed/relaxed; d=${of.domain}; s=${of.selector}; t=${Math.floor(date / 1000)}; ` +
    `h=${names.join(':')}; bh=${bodyHash}; b=`
  const relaxed = ([name, value]: readonly [string, string]): string =>
    `${name.toLowerCase()}:${value
      .replace(/\r\n/g, '')
      .replace(/[ \t]+/g, ' ')
      .trim()}`
  const signed = [...headers.map(relaxed), relaxed(['DKIM-Signature', open])].join('\r\n')
  return open + createSign('RSA-SHA256').update(signed).sign(of.privateKey, 'base64')
}

/** The whole message, lines ended by CRLF. */
export function composeMessage(spec: MessageSpec): string {
  const boundary = `----=_Part_${createHash('sha256').update(spec.id).digest('hex').slice(0, 24)}`
  const part = (type: string, text: string): string =>
    `--${boundary}\r\nContent-Type: ${type}; charset=UTF-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n${quotedPrintable(text)}\r\n`
  const body = `${part('text/plain', spec.text)}${part('text/html', spec.html)}--${boundary}--\r\n`
  const headers = [
    ['Date', mailDate(spec.date)],
    ['From', spec.from],
    ['To', spec.to],
    ['Message-ID', `<${spec.id}>`],
    ['Subject', spec.subject],
    ['MIME-Version', '1.0'],
    ['Content-Type', `multipart/alternative; boundary="${boundary}"`],
    ['X-SFDC-EmailCategory', 'systemEmail'],
  ] as const
  const all =
    spec.dkim === null
      ? headers
      : [['DKIM-Signature', signature(headers, body, spec.dkim, spec.date)] as const, ...headers]
  return `${all.map(([name, value]) => `${name}: ${value}`).join('\r\n')}\r\n\r\n${body}`
}

/** The address in `Name <address>`, or the text itself. */
export const addressOf = (from: string): string => /<([^<>]+)>/.exec(from)?.[1] ?? from
