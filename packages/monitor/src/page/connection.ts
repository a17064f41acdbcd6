import type { DashboardView } from '../dashboard/view.ts'
import type { PanelView } from '../panels/panel-view.ts'

/** Whether what the page shows is of now. */
export type Link = 'connecting' | 'live' | 'lost'

interface Handlers {
  view(view: DashboardView): void
  panels(panels: readonly PanelView[]): void
  link(link: Link): void
}

/** A server that says nothing for this long is not there. It sends every second. */
const SILENT_MS = 6_000
/** After how long a refused connection is tried again. */
const AGAIN_MS = 5_000

/** Connects to the stream, and stays connected: a browser does so itself until it is refused, or until a connection hangs. */
export function connect(url: string, handlers: Handlers): void {
  let silent: ReturnType<typeof setTimeout> | undefined
  let source: EventSource
  const again = () => {
    clearTimeout(silent)
    source.close()
    handlers.link('lost')
    setTimeout(open, AGAIN_MS)
  }
  const heard = () => {
    clearTimeout(silent)
    silent = setTimeout(again, SILENT_MS)
    handlers.link('live')
  }
  const open = () => {
    source = new EventSource(url)
    source.addEventListener('view', ({ data }: MessageEvent<string>) => {
      heard()
      handlers.view(JSON.parse(data))
    })
    source.addEventListener('panels', ({ data }: MessageEvent<string>) => handlers.panels(JSON.parse(data)))
    source.addEventListener('error', () => {
      clearTimeout(silent)
      if (source.readyState === EventSource.CLOSED) again()
      else handlers.link('lost')
    })
  }
  handlers.link('connecting')
  open()
}
