import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Socket } from 'node:net'
import { inspect } from 'node:util'
import { Secret } from '../../src/secret.ts'
import { openConnection } from '../../src/wire/connection.ts'
import type { WireResult } from '../../src/wire/connection.ts'
import {
  afterRequest,
  manualClock,
  network,
  oauthBody,
  open,
  rawServer,
  sendOptions,
  tokenRequest,
  until,
} from './fixture.ts'

const withLength =
  `HTTP/1.1 200 OK\r\nContent-Type: application/json;charset=UTF-8\r\nContent-Length: ${oauthBody.length}\r\n` +
  `Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\n${oauthBody}`
const pieces = [oauthBody.slice(0, 70), oauthBody.slice(70, 71), oauthBody.slice(71)]
const chunked =
  'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n' +
  `${pieces.map((piece) => `${piece.length.toString(16)};x=y\r\n${piece}\r\n`).join('')}0\r\nTrailer: x\r\n\r\n`
const untilClose = `HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n${oauthBody}`

/** What was reported by the hooks, in order of arrival. */
interface Heard {
  status: number | null
  body: string
}

const hear = (heard: Heard) => ({
  onHead: ({ status }: { readonly status: number }) => void (heard.status = status),
  onChunk: (bytes: Buffer) => void (heard.body += bytes.toString('latin1')),
})

test('the request goes out once, in full, on its own connection that is not kept', async (t) => {
  const requests: string[] = []
  let connections = 0
  const url = await rawServer(t, (socket) => {
    connections += 1
    afterRequest(socket, (request) => {
      requests.push(request)
      socket.end(withLength)
    })
  })
  for (const body of [tokenRequest.body, new Secret(String(tokenRequest.body))]) {
    const connection = await open(t, url)
    const result = await connection.send({ ...tokenRequest, body }, sendOptions())
    assert.equal(result.kind, 'answered')
    assert.equal(connection.usable, false)
    await assert.rejects(connection.send(tokenRequest, sendOptions()), { code: 'DEFECT' })
  }
  assert.equal(connections, 2)
  const expected =
    `POST /services/oauth2/token HTTP/1.1\r\nhost: ${url.host}\r\nconnection: close\r\naccept: application/json\r\n` +
    'accept-encoding: identity\r\nuser-agent: keyturn\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 41\r\n\r\n' +
    'grant_type=refresh_token&refresh_token=r1'
  assert.deepEqual(requests, [expected, expected])
})

test('an answer cut at any byte: what came is kept, and only the whole is complete', async (t) => {
  const formats = [
    {
      text: withLength,
      complete: withLength.length,
      decode: (sent: string) => sent.slice(withLength.length - oauthBody.length),
    },
    { text: chunked, complete: chunked.length, decode: decodeChunks },
    { text: untilClose, complete: 0, decode: (sent: string) => sent.slice(untilClose.length - oauthBody.length) },
  ]
  let answer = ''
  const url = await rawServer(t, (socket) => afterRequest(socket, () => socket.end(answer, 'latin1')))
  const net = await network(t)
  for (const { text, complete, decode } of formats) {
    const headEnd = text.lastIndexOf('\r\n\r\n', text.indexOf('{')) + 4
    for (let cut = 0; cut <= text.length; cut++) {
      answer = text.slice(0, cut)
      const heard: Heard = { status: null, body: '' }
      const connection = await openConnection(url, net)
      const result = await connection.send(tokenRequest, sendOptions(hear(heard)))
      const where = `${cut} of ${text.length} bytes`
      if (cut < headEnd) {
        assert.equal(result.kind, 'unknown', where)
        assert.ok(result.kind === 'unknown' && result.cause === 'closed' && result.status === undefined, where)
        assert.equal(heard.status, null, where)
        continue
      }
      assert.ok(result.kind === 'answered', where)
      assert.equal(result.status, 200, where)
      assert.equal(result.body.toString('latin1'), decode(answer), where)
      assert.equal(result.complete, cut >= complete, where)
      assert.deepEqual(heard, { status: 200, body: decode(answer) }, where)
    }
  }
})

/** Independent of the reader under test: takes what of the pieces lies in the sent part. */
function decodeChunks(sent: string): string {
  let body = ''
  let at = chunked.lastIndexOf('\r\n\r\n', chunked.indexOf('{')) + 4
  for (const piece of pieces) {
    at = chunked.indexOf('\r\n', at) + 2
    body += sent.slice(at, at + piece.length)
    at += piece.length + 2
  }
  return body
}

test('byte by byte, every byte is reported before the next one is sent', async (t) => {
  for (const text of [withLength, chunked]) {
    const heard: Heard = { status: null, body: '' }
    const bodyAt = text.indexOf('{')
    const url = await rawServer(t, (socket) =>
      afterRequest(socket, () => {
        socket.write(text.slice(0, bodyAt))
        let sent = bodyAt
        const more = (): void => {
          socket.write(text.slice(sent, ++sent))
          if (sent < text.length) setImmediate(more)
        }
        more()
      }),
    )
    const connection = await open(t, url)
    const result = await connection.send(tokenRequest, sendOptions(hear(heard)))
    assert.ok(result.kind === 'answered' && result.complete)
    assert.equal(result.body.toString(), oauthBody)
    assert.equal(heard.body, oauthBody)
    assert.equal(result.headers['set-cookie'], text === withLength ? 'a=1, b=2' : undefined)
  }
})

test('a reset in the middle of the body keeps the bytes before it', async (t) => {
  let peer: Socket | undefined
  const url = await rawServer(t, (socket) => {
    peer = socket
    afterRequest(socket, () => socket.write(withLength.slice(0, -40)))
  })
  const heard: Heard = { status: null, body: '' }
  const connection = await open(t, url)
  const sent = connection.send(tokenRequest, sendOptions(hear(heard)))
  await until(() => heard.body.length === oauthBody.length - 40, 'the half answer')
  peer?.resetAndDestroy()
  const result = await sent
  assert.ok(result.kind === 'unknown' && result.cause === 'reset')
  assert.equal(result.status, 200)
  assert.equal(result.partial.toString(), oauthBody.slice(0, -40))
})

test('a reset without an answer is unknown, and nothing is sent again', async (t) => {
  let requests = 0
  const url = await rawServer(t, (socket) =>
    afterRequest(socket, () => {
      requests += 1
      socket.resetAndDestroy()
    }),
  )
  const result = await (await open(t, url)).send(tokenRequest, sendOptions())
  assert.ok(result.kind === 'unknown' && result.cause === 'reset' && result.status === undefined)
  assert.equal(requests, 1)
})

test('a redirect is an answer, not a journey', async (t) => {
  let elsewhere = 0
  const other = await rawServer(t, () => void (elsewhere += 1))
  const url = await rawServer(t, (socket) =>
    afterRequest(socket, () => {
      socket.end(`HTTP/1.1 307 Temporary Redirect\r\nLocation: ${other.href}\r\nContent-Length: 0\r\n\r\n`)
    }),
  )
  const result = await (await open(t, url)).send(tokenRequest, sendOptions())
  assert.ok(result.kind === 'answered' && result.status === 307 && result.complete)
  assert.equal(result.headers['location'], other.href)
  assert.equal(elsewhere, 0)
})

const unreadable: Readonly<Record<string, string>> = {
  'another protocol': 'SSH-2.0-OpenSSH_9.2\r\n',
  'a bare page': '<html>maintenance</html>\r\n\r\n',
  'HTTP/2': 'HTTP/2 200 OK\r\n\r\n',
  'a header without a name': 'HTTP/1.1 200 OK\r\n: x\r\n\r\n',
  'a folded header': 'HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n',
  'an upgrade': 'HTTP/1.1 101 Switching Protocols\r\n\r\n',
  'a head without end': `HTTP/1.1 200 OK\r\n${'X-Pad: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n'.repeat(2_000)}`,
  'a chunk size that is none': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n',
  'a chunk longer than it says': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n',
}

for (const [what, answer] of Object.entries(unreadable)) {
  test(`unreadable: ${what}`, async (t) => {
    // The connection stays open: the verdict doesn't need its end.
    const url = await rawServer(t, (socket) => afterRequest(socket, () => socket.write(answer)))
    const result = await (await open(t, url)).send(tokenRequest, sendOptions())
    assert.ok(result.kind === 'unknown' && result.cause === 'unreadable')
    if (answer.includes('chunked')) assert.deepEqual([result.status, result.partial.toString()], [200, 'abc'])
  })
}

test('a head that contradicts itself is never complete, but its body is kept', async (t) => {
  for (const fields of [
    'Content-Length: 3\r\nContent-Length: 4',
    'Transfer-Encoding: gzip, chunked',
    'Content-Length: -1',
  ]) {
    const url = await rawServer(t, (socket) =>
      afterRequest(socket, () => socket.end(`HTTP/1.1 200 OK\r\n${fields}\r\n\r\n${oauthBody}`)),
    )
    const result = await (await open(t, url)).send(tokenRequest, sendOptions())
    assert.ok(result.kind === 'answered' && !result.complete)
    assert.equal(result.body.toString(), oauthBody)
  }
})

test('an answer larger than the limit is cut there and unknown', async (t) => {
  const url = await rawServer(t, (socket) =>
    afterRequest(socket, () =>
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n${'x'.repeat(9_000_000)}`),
    ),
  )
  const result = await (await open(t, url)).send(tokenRequest, sendOptions())
  assert.ok(result.kind === 'unknown' && result.cause === 'unreadable')
  assert.equal(result.partial.length, 262_144)
})

test('a late answer is heard up to the hard limit', async (t) => {
  const clock = manualClock()
  let answer: (() => void) | undefined
  const url = await rawServer(t, (socket) => afterRequest(socket, () => (answer = () => socket.end(withLength))))
  const sent = (await open(t, url)).send(tokenRequest, sendOptions({ clock, hardLimit: 100_000 }))
  await until(() => answer !== undefined, 'the request')
  clock.advance(99_000)
  answer?.()
  const result = await sent
  assert.ok(result.kind === 'answered' && result.complete)
  assert.equal(clock.waiting, 0, 'no timer is left')
})

test('the hard limit ends the reading, closes the socket and keeps what came', async (t) => {
  const clock = manualClock()
  let closed = false
  const heard: Heard = { status: null, body: '' }
  const url = await rawServer(t, (socket) => {
    socket.on('close', () => void (closed = true)).on('end', () => socket.end())
    afterRequest(socket, () => socket.write(withLength.slice(0, -10)))
  })
  const sent = (await open(t, url)).send(tokenRequest, sendOptions({ clock, hardLimit: 100_000, ...hear(heard) }))
  await until(() => heard.body.length === oauthBody.length - 10, 'the half answer')
  clock.advance(100_000)
  const result = await sent
  assert.ok(result.kind === 'unknown' && result.cause === 'timeout' && result.status === 200)
  assert.equal(result.partial.toString(), oauthBody.slice(0, -10))
  await until(() => closed, 'the end of the connection')
})

test('a server that answers before it read our body is heard', async (t) => {
  const url = await rawServer(t, (socket) => {
    socket.once('data', () => {
      socket.pause()
      socket.end('HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n')
    })
  })
  const result = await (await open(t, url)).send({ ...tokenRequest, body: 'x'.repeat(20_000_000) }, sendOptions())
  assert.ok(result.kind === 'answered' && result.status === 413 && result.complete)
})

const never = async (result: WireResult): Promise<string> => {
  assert.equal(result.kind, 'never-left')
  return result.kind === 'never-left' ? result.cause : ''
}

test('what may not be sent any more never leaves', async (t) => {
  let bytes = 0
  const url = await rawServer(t, (socket) =>
    socket.on('data', (chunk: Buffer) => void (bytes += chunk.length)).on('end', () => socket.end()),
  )
  const clock = manualClock()
  const now = clock.wall()
  const cases: readonly [Parameters<typeof sendOptions>[0], RegExp][] = [
    [{ stillAllowed: () => Promise.resolve(false) }, /claim/],
    [
      { stillAllowed: () => Promise.reject(new Error('store with secret r1')) },
      /check before the first byte failed \(unexpected/,
    ],
    [{ clock, firstByteBy: { wall: now - 1 } }, /wall clock/],
    [{ clock, firstByteBy: { wall: now + 50, boot: now - 1 } }, /boot clock/],
    // It slept while it asked.
    [
      { clock, firstByteBy: { boot: now + 5_000 }, stillAllowed: () => (clock.advance(6_000), Promise.resolve(true)) },
      /boot clock/,
    ],
  ]
  for (const [options, cause] of cases) {
    let sending = false
    const connection = await open(t, url)
    const result = await connection.send(
      tokenRequest,
      sendOptions({ ...options, onSending: () => void (sending = true) }),
    )
    assert.match(await never(result), cause)
    assert.equal(sending, false)
  }
  assert.equal(bytes, 0)
})

test('a connection that was closed or spoiled before the first byte is known to be so', async (t) => {
  const spoilers: readonly ((socket: Socket) => void)[] = [
    (socket) => socket.end(),
    (socket) => socket.resetAndDestroy(),
    (socket) => socket.write('HTTP/1.1 408 Request Timeout\r\n\r\n'),
  ]
  for (const spoil of spoilers) {
    let bytes = 0
    const peers: Socket[] = []
    const url = await rawServer(t, (socket) => {
      peers.push(socket)
      socket.on('data', (chunk: Buffer) => void (bytes += chunk.length))
    })
    const connection = await open(t, url)
    await until(() => peers.length === 1, 'the connection')
    const stillAllowed = async (): Promise<boolean> => {
      for (const peer of peers) spoil(peer)
      await until(() => !connection.usable, 'the news')
      return true
    }
    await never(await connection.send(tokenRequest, sendOptions({ stillAllowed })))
    const idle = await open(t, url)
    await until(() => peers.length === 2, 'the second connection')
    for (const peer of peers.slice(1)) spoil(peer)
    await until(() => !idle.usable, 'the news')
    await never(await idle.send(tokenRequest, sendOptions()))
    assert.equal(bytes, 0)
  }
})

test('a hook that throws does not cost the answer', async (t) => {
  const url = await rawServer(t, (socket) => afterRequest(socket, () => socket.end(withLength)))
  const result = await (
    await open(t, url)
  ).send(
    tokenRequest,
    sendOptions({
      onHead: () => {
        throw new Error('first')
      },
      onChunk: () => {
        throw new Error('second')
      },
    }),
  )
  assert.ok(result.kind === 'answered' && result.complete)
  assert.equal(result.body.toString(), oauthBody)
  assert.match(String(result.hookError), /first/)
})

test('a request that HTTP forbids is refused before anything happens, and no result prints a token', async (t) => {
  const url = await rawServer(t, (socket) => afterRequest(socket, () => socket.end(withLength)))
  for (const change of [{ path: '/a b' }, { path: 'x' }, { path: '/a\r\nx: y' }, { headers: { a: 'b\r\nc: d' } }]) {
    const connection = await open(t, url)
    await assert.rejects(connection.send({ ...tokenRequest, ...change }, sendOptions()), { code: 'BAD_ARGUMENT' })
  }
  const result = await (await open(t, url)).send(tokenRequest, sendOptions())
  for (const shown of [inspect(result), JSON.stringify(result)]) {
    assert.match(shown, /\[secret\]/)
    assert.doesNotMatch(shown, /NEXT|35 41 65 70/)
  }
})
