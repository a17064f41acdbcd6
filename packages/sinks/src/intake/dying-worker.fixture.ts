/** The thread that encodes, which dies before the n-th job of all threads of a test for each n of `DEATHS`; the file `COUNT` counts them. */
import { appendFileSync, readFileSync } from 'node:fs'
import { parentPort } from 'node:worker_threads'

const { COUNT = '', DEATHS = '' } = process.env
const deaths = DEATHS.split(',')

if (parentPort) {
  const port = parentPort
  const on = port.on.bind(port)
  // Before ours a listener would start the port too early, after it the job would be done.
  port.on = ((name: string, listen: (message: { readonly job?: unknown }) => void) =>
    on(name, (message) => {
      if (message.job) {
        appendFileSync(COUNT, '.')
        if (deaths.includes(String(readFileSync(COUNT).length))) process.exit(7)
      }
      listen(message)
    })) as typeof port.on
  await import('../parquet/parquet-worker.ts')
}
