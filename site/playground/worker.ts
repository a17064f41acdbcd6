import { run } from './run.ts'
import { ticketTrace } from './tickets.ts'

/** What the page asks: to run a pipeline over a trace, or to make a trace of generated tickets. */
export type Question =
  | { readonly id: number; readonly kind: 'run'; readonly code: string; readonly trace: string }
  | { readonly id: number; readonly kind: 'tickets'; readonly seed: number }

// Code that came with a link runs here: it reaches no page, and no network.
for (const name of [
  'fetch',
  'XMLHttpRequest',
  'WebSocket',
  'WebTransport',
  'EventSource',
  'importScripts',
  'indexedDB',
  'caches',
  'BroadcastChannel',
  'Worker',
])
  Reflect.set(globalThis, name, undefined)

addEventListener('message', ({ data }: MessageEvent<Question>) => {
  const answer = data.kind === 'run' ? run(data.code, data.trace) : ticketTrace(data.seed)
  postMessage({ id: data.id, answer })
})
postMessage({ id: 0, answer: null })
