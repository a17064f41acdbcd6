/** The part of Node's process that is used here. A browser has none. */
interface Process {
  once(signal: string, listener: () => void): unknown
  off(signal: string, listener: () => void): unknown
  kill(pid: number, signal: string): unknown
  readonly pid: number
}

/**
 * Calls `drain` at the first SIGINT or SIGTERM. The second is left to the system, which ends the process at once; nothing is lost then,
 * since nothing counts before its record.
 *
 * @returns a function that takes the listeners off
 */
export function onSignals(drain: () => void): () => void {
  const { process } = globalThis as { process?: Process }
  if (!process?.once) return () => {}
  const handlers = ['SIGINT', 'SIGTERM'].map((signal) => {
    const handler = () => {
      off()
      drain()
    }
    process.once(signal, handler)
    return [signal, handler] as const
  })
  const off = () => {
    for (const [signal, handler] of handlers) process.off(signal, handler)
  }
  return off
}
