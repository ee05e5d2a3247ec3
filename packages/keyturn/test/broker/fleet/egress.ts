/**
 * The way out of one replica: a CONNECT proxy with an authority of its own that leads every Salesforce host to the
 * simulator, and that can be cut.
 */
import type { Socket } from 'node:net'
import { connect } from 'node:net'
import { createSecureContext, TLSSocket } from 'node:tls'
import { makeAuthority, makeCertificate } from '../../../../tokens/test/wire/certificates.ts'
import { couple, openRelay } from './relay.ts'
import type { Relay } from './relay.ts'

export interface Border {
  /** PEM of the authority that replicas have to trust. */
  readonly authority: string
  egress(): Promise<Relay>
}

export const openBorder = (host: string, simulator: number): Border => {
  const authority = makeAuthority('Fleet Authority')
  const { pem, key } = makeCertificate(authority, host)
  const secureContext = createSecureContext({ cert: pem, key })
  const lead = (client: Socket, track: (socket: Socket) => void): void => {
    client.once('data', (bytes: Buffer) => {
      if (!bytes.toString('latin1').startsWith(`CONNECT ${host}:443 `)) return void client.destroy()
      client.write('HTTP/1.1 200 Connection established\r\n\r\n')
      const inside = new TLSSocket(client, { isServer: true, secureContext })
      const outside = connect(simulator, '127.0.0.1')
      track(inside)
      track(outside)
      couple(inside, outside)
      return undefined
    })
  }
  return { authority: authority.pem, egress: () => openRelay(lead) }
}
