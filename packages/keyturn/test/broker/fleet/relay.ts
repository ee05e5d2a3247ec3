/** A TCP relay on the way to one server that can be cut: connections break, or everything falls silent. */
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

export interface Relay {
  readonly port: number
  /** `reset`: connections end and new ones are turned away. `silence`: nobody hears anything any more. */
  cut(how: 'reset' | 'silence'): void
  mend(): void
  close(): void
}

/** `lead` takes a new connection further and tracks what it opens for that: all of it breaks when the relay is cut. */
export const openRelay = async (lead: (client: Socket, track: (socket: Socket) => void) => void): Promise<Relay> => {
  const sockets = new Set<Socket>()
  let state: 'whole' | 'reset' | 'silence' = 'whole'
  const track = (socket: Socket): void => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('close', () => sockets.delete(socket))
  }
  const server = createServer((client) => {
    track(client)
    if (state === 'reset') client.destroy()
    else if (state === 'whole') lead(client, track)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const breakAll = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: (server.address() as AddressInfo).port,
    cut: (how) => {
      state = how
      if (how === 'reset') breakAll()
      else for (const socket of sockets) socket.unpipe().pause()
    },
    mend: () => {
      state = 'whole'
      // What fell silent has lost bytes: it can't be led on.
      breakAll()
    },
    close: () => {
      server.close()
      breakAll()
    },
  }
}

/** Both ways until one of them ends. */
export const couple = (one: Socket, other: Socket): void => {
  for (const socket of [one, other]) {
    socket.on('error', () => undefined)
    socket.once('close', () => {
      one.destroy()
      other.destroy()
    })
  }
  one.pipe(other).pipe(one)
}

export const relayTo = (port: number): Promise<Relay> =>
  openRelay((client, track) => {
    const server = connect(port, '127.0.0.1')
    track(server)
    couple(client, server)
  })
