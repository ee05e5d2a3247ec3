/**
 * A port for an address that has to be known before anybody listens there, or that is listened on again after a crash.
 * Below those that systems give to connections (from 32768 on Linux, 49152 elsewhere): one of those may be somebody's by
 * the time it is used.
 */
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

export const freePort = async (): Promise<number> => {
  const port = randomInt(20_000, 32_000)
  const server = createServer().listen(port, '127.0.0.1')
  const free = await once(server, 'listening').then(
    () => true,
    () => false,
  )
  if (!free) return freePort()
  server.close()
  await once(server, 'close')
  return port
}
