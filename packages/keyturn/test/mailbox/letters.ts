/** Token mail as Salesforce writes it, and as others do. */

export const server = 'mx.mail.example'
export const username = 'integration@acme.example'
export const passed = `${server}; dkim=pass (2048-bit key) header.d=salesforce.com header.s=sf; spf=pass smtp.mailfrom=bnc.salesforce.com; dmarc=pass (p=REJECT) header.from=salesforce.com`

export interface LetterSpec {
  readonly from?: string
  readonly subject?: string
  readonly username?: string
  readonly token?: string
  /** Values of Authentication-Results, the top-most first. */
  readonly results?: readonly string[]
  readonly headers?: readonly string[]
  readonly body?: string
}

export const tokenOf = (n: number): string => `Ab${String(n).padStart(4, '0')}xyzXYZ0123456789abc`.slice(0, 25)

export const letter = ({
  from = 'Salesforce <noreply@salesforce.com>',
  subject = 'Your new Salesforce security token',
  username: user = username,
  token = tokenOf(1),
  results = [passed],
  headers = [],
  body,
}: LetterSpec = {}): Buffer => {
  const text = `Username: ${user}\nSecurity token (case-sensitive): ${token}\n\nFor more information on using your security token, see Help.\n`
  return Buffer.from(
    [
      ...results.map((value) => `Authentication-Results: ${value}`),
      ...headers,
      `From: ${from}`,
      `To: rotations@mail.example`,
      `Subject: ${subject}`,
      ...(body === undefined ? ['Content-Type: text/plain; charset=utf-8', '', text] : [body]),
    ]
      .join('\n')
      .replaceAll('\n', '\r\n'),
  )
}
