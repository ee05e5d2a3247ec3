/** The other side of `startPinned`: answers verbs until the parent goes. */
type Verbs = Readonly<Record<string, (data: never) => unknown>>

export const answering = (verbs: Verbs, close: () => Promise<void>): void => {
  process.on('message', ({ id, verb, data }: { id: number; verb: string; data: never }) => {
    void Promise.resolve(verbs[verb]?.(data)).then((answer) => process.send?.({ id, data: answer ?? null }))
  })
  process.on('disconnect', () => void close().finally(() => process.exit(0)))
  process.send?.({ ready: true })
}
