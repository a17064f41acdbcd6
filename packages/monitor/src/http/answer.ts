import { isDashboard } from '../dashboard/dashboard.ts'
import { PROMETHEUS_TYPE, prometheusText } from '../metrics/prometheus-text.ts'
import type { Monitor } from '../monitor.ts'
import type { Verdict } from '../runs/health.ts'
import { type PageDocument, pageDocument } from './page-document.ts'

/** What a request gets. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Empty for HEAD. */
  readonly body: string
}

/** What every answer says: it is for now, and for machines. */
export const ALWAYS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'",
  'x-content-type-options': 'nosniff',
}
const TEXT = 'text/plain; charset=utf-8'
const JSON_TYPE = 'application/json; charset=utf-8'

const pages: Readonly<Record<string, (monitor: Monitor) => Answer>> = {
  '/healthz': (monitor) => verdictOf(monitor.health()),
  '/readyz': (monitor) => verdictOf(monitor.readiness()),
  '/metrics': (monitor) => answer(200, PROMETHEUS_TYPE, prometheusText(monitor)),
  '/status': (monitor) => answer(200, JSON_TYPE, `${JSON.stringify({ pipelines: monitor.status() }, null, 2)}\n`),
}

/** Where the page of a dashboard is, and its stream. */
export const PAGE = '/dashboard'
export const EVENTS = `${PAGE}/events`

/** What a dashboard has beside these. Its stream is no answer, since it does not end. */
const more: typeof pages = {
  '/': () => plain(307, 'the page is /dashboard\n', { location: PAGE.slice(1) }),
  [PAGE]: () => {
    document ??= pageDocument()
    return answer(200, 'text/html; charset=utf-8', document.html, { 'content-security-policy': document.policy, 'referrer-policy': 'no-referrer' })
  },
}
/** Made when somebody asks for it. */
let document: PageDocument | undefined

/** Returns the answer of a monitor to a request. Only GET and HEAD of its pages are answered with more than an error. */
export function answerOf(monitor: Monitor, method: string, url: string): Answer {
  const found = toGet(monitor, method, url)
  return method === 'HEAD' ? { ...found, body: '' } : found
}

function toGet(monitor: Monitor, method: string, url: string): Answer {
  const path = url.split('?')[0] ?? ''
  const all = isDashboard(monitor) ? { ...pages, ...more } : pages
  const page = Object.hasOwn(all, path) ? all[path] : undefined
  if (!page)
    return plain(
      404,
      `not found: there is ${Object.keys(all)
        .filter((one) => one !== '/')
        .join(', ')}\n`,
    )
  // The connection ends, so that nobody reads a body.
  if (method !== 'GET' && method !== 'HEAD') return plain(405, 'only GET and HEAD\n', { allow: 'GET, HEAD', connection: 'close' })
  return page(monitor)
}

const verdictOf = ({ ok, reasons, notes }: Verdict): Answer => plain(ok ? 200 : 503, `${[...(ok ? ['ok'] : reasons), ...notes].join('\n')}\n`)

/** Returns an answer of plain text. */
export const plain = (status: number, body: string, more: Readonly<Record<string, string>> = {}): Answer => answer(status, TEXT, body, more)

function answer(status: number, type: string, body: string, more: Readonly<Record<string, string>> = {}): Answer {
  const length = new TextEncoder().encode(body).length
  return { status, headers: { ...ALWAYS, 'content-type': type, 'content-length': String(length), ...more }, body }
}
