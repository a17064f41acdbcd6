import { messageOf, type Telemetry, TicketsError } from '@tickets/core'
import type { Dashboard } from '@tickets/monitor'
import { loadPackage } from '../config/load-package.ts'

type MonitorPackage = typeof import('@tickets/monitor')

/** A dashboard that is served. */
export interface ServedDashboard {
  /** The address of the page. */
  readonly url: string
  /** What has to watch the runs; undefined where they have the dashboard already. */
  readonly telemetry: Telemetry | undefined
  close(): Promise<void>
}

/**
 * Starts a server of the dashboard that a module exports beside its pipeline, or a new one where it exports none.
 *
 * @throws `OPTION_INVALID` where @tickets/monitor is not installed, or the address cannot be had
 */
export async function serveDashboard(
  exported: readonly unknown[],
  at: { readonly port: number; readonly host: string },
  load: () => Promise<MonitorPackage> = () => import('@tickets/monitor'),
): Promise<ServedDashboard> {
  const { dashboard, serveMonitor } = await loadPackage('@tickets/monitor', load)
  const own = exported.find(isDashboard)
  const live = own ?? dashboard()
  try {
    const { url, close } = await serveMonitor(live, at)
    return { url: `${url}/dashboard`, telemetry: own ? undefined : live, close }
  } catch (error) {
    throw new TicketsError('OPTION_INVALID', adviceFor(error, at), { cause: error })
  }
}

/** Another copy of the package may have made it. */
function isDashboard(value: unknown): value is Dashboard {
  const { watch, view, panels } = (value ?? {}) as Partial<Dashboard>
  return [watch, view, panels].every((one) => typeof one === 'function')
}

function adviceFor(error: unknown, { port, host }: { readonly port: number; readonly host: string }): string {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'EADDRINUSE') return `port ${port} of ${host} is taken: choose another one with --port, or 0 for any that is free`
  if (code === 'EACCES') return `this user may not listen on port ${port}: choose one above 1023 with --port`
  return `${host} is no address of this machine (${messageOf(error)}): leave --host out for this machine alone, or use 0.0.0.0 for all its addresses`
}
