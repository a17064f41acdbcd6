import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { freePort, ServerProcess } from '../servers/process.ts'

export interface PrometheusOptions {
  /** The program. */
  readonly path: string
  /** An empty folder for its files. */
  readonly folder: string
  /** The text of a file of rules. */
  readonly rules: string
  /** What it scrapes, such as `127.0.0.1:9464`. */
  readonly target: string
  /** How often it scrapes and looks at the rules, in Prometheus' notation. */
  readonly interval: string
  /** How long a series counts after its last sample. */
  readonly lookback: string
}

/** One series of an answer, with its labels. */
export interface QueriedSeries {
  readonly metric: Readonly<Record<string, string>>
  readonly value: readonly [number, string]
}

export interface Prometheus {
  /** Returns what a query finds now. */
  query(expr: string): Promise<readonly QueriedSeries[]>
  close(): Promise<void>
}

/** Starts a Prometheus that scrapes one target and looks at rules. */
export async function startPrometheus({ path, folder, rules, target, interval, lookback }: PrometheusOptions): Promise<Prometheus> {
  const config = {
    global: { scrape_interval: interval, scrape_timeout: interval, evaluation_interval: interval },
    rule_files: ['rules.yaml'],
    scrape_configs: [{ job_name: 'tickets', static_configs: [{ targets: [target] }] }],
  }
  await writeFile(join(folder, 'rules.yaml'), rules)
  await writeFile(join(folder, 'prometheus.yaml'), stringify(config))
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const server = new ServerProcess({
    name: 'Prometheus',
    command: path,
    options: [
      `--config.file=${join(folder, 'prometheus.yaml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      `--query.lookback-delta=${lookback}`,
      '--log.level=warn',
    ],
    env: process.env,
    port,
    answers: () =>
      fetch(`${url}/-/ready`).then(
        ({ ok }) => ok,
        () => false,
      ),
  })
  await server.start()
  return {
    async query(expr) {
      const response = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query: expr })}`)
      const { data, error } = (await response.json()) as { data?: { result: readonly QueriedSeries[] }; error?: string }
      if (!data) throw new Error(`${expr}: ${error}`)
      return data.result
    },
    close: () => server.kill(),
  }
}
