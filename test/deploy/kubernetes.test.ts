import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { configMarkdown, loadConfig } from '@tickets/cli/config'
import { generator, into, pipeline, TicketsError } from '@tickets/core'
import { memoryLog } from '@tickets/core/testing'
import { monitor, serveMonitor } from '@tickets/monitor'
import { callbackSink } from '@tickets/sinks'
import { describe, expect, onTestFinished, test } from 'vitest'
import { DRAIN_SECONDS } from '../../examples/lakehouse/pipeline.ts'
import { Settings } from '../../examples/lakehouse/settings.ts'
import { compose } from '../compose/compose.ts'
import { folder } from '../examples/run.ts'
import { validatorPythonOrSkip } from '../readers/python.ts'
import { read, root } from '../repo/files.ts'
import { configMap, deployment, disruptionBudget, manifests, type Probe, serviceAccount } from './kubernetes.ts'

const python = await validatorPythonOrSkip()
const pod = deployment.spec.template.spec
const [container] = pod.containers
if (!container) throw new Error('the deployment has no container')

/** Validates a manifest against the schemas of Kubernetes; rejects where it has a field that they do not know, or an invalid value. */
const validate = (path: string) => promisify(execFile)(python ?? '', ['-m', 'kubernetes_validate', '--strict', path])

describe('the manifests', () => {
  test.skipIf(!python)('are valid by the schemas of Kubernetes, and others are not', async () => {
    expect(manifests.length).toBe(4)
    for (const path of manifests) await validate(path)
    const broken = join(await folder(), 'broken.yaml')
    for (const [field, other] of [
      ['replicas: 3', 'replicas: three'],
      ['terminationGracePeriodSeconds', 'terminationGraceSeconds'],
    ] as const) {
      await writeFile(broken, read('deploy/kubernetes/deployment.yaml').replace(field, other))
      await expect(validate(broken), other).rejects.toThrow(/kubernetes_validate/)
    }
  })

  test('run the example in the image that the Dockerfile makes', () => {
    expect(container.image).toBe(compose.services.pipeline?.image)
    const [node, script = ''] = container.command
    expect(node).toBe('node')
    expect(existsSync(join(root, script))).toBe(true)
    expect(read('Dockerfile')).toContain(`/app/${script.split('/')[0]} ${script.split('/')[0]}`)
  })

  test('set all that the example reads, and nothing else', () => {
    // `UNTIL` stops a run at the end of the topic, and `VERBOSE` is for a terminal.
    const names = [...configMarkdown(Settings).matchAll(/\| `([A-Z_]+)`/g)].map(([, name]) => name)
    const wanted = [...names.filter((name) => name !== 'UNTIL' && name !== 'VERBOSE'), 'AWS_REGION', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']
    const set = [...Object.keys(configMap.data), ...container.env.map(({ name }) => name)]
    expect(set.sort()).toEqual(wanted.sort())
    expect(loadConfig(Settings, { argv: [], env: configMap.data, envFile: null })).toMatchObject({ bucket: 'support-lake', commitEvery: 30_000 })
    expect(container.envFrom).toEqual([{ configMapRef: { name: configMap.metadata.name } }])
  })

  test('name the keys of the secret that their README creates', () => {
    const created = [...read('deploy/kubernetes/README.md').matchAll(/--from-literal=([a-z-]+)=/g)].map(([, key]) => key)
    expect(container.env.map(({ valueFrom }) => valueFrom.secretKeyRef.key).sort()).toEqual(created.sort())
    expect(container.env.every(({ valueFrom }) => valueFrom.secretKeyRef.optional)).toBe(true)
  })

  test('wait for the drain before they kill', () => {
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(DRAIN_SECONDS + 10)
  })

  test('select the pods of the deployment, and name the service account', () => {
    const { labels } = deployment.spec.template.metadata
    expect(deployment.spec.selector.matchLabels).toEqual(labels)
    expect(disruptionBudget.spec.selector.matchLabels).toEqual(labels)
    expect(pod.serviceAccountName).toBe(serviceAccount.metadata.name)
    expect(serviceAccount.metadata.annotations['eks.amazonaws.com/role-arn']).toMatch(/^arn:aws:iam::\d{12}:role\//)
  })

  test('ask the port that the example serves', () => {
    const probes = [container.startupProbe, container.readinessProbe, container.livenessProbe]
    expect(probes.map(({ httpGet: { port } }) => port)).toEqual(probes.map(() => container.ports[0]?.name))
    expect(String(container.ports[0]?.containerPort)).toBe(configMap.data.MONITOR_PORT)
    expect(deployment.spec.template.metadata.annotations['prometheus.io/port']).toBe(configMap.data.MONITOR_PORT)
    // Those who ask are outside of the container.
    expect(configMap.data.MONITOR_HOST).toBe('0.0.0.0')
  })

  test('restart a pod whose pipeline has failed, and do not wait for one that has no partitions yet', async () => {
    const watched = monitor()
    const server = await serveMonitor(watched, { port: 0 })
    onTestFinished(() => server.close())
    const status = async ({ httpGet: { path } }: Probe) => (await fetch(`${server.url}${path}`)).status
    const { startupProbe, readinessProbe, livenessProbe } = container
    expect([await status(startupProbe), await status(readinessProbe), await status(livenessProbe)]).toEqual([200, 503, 200])
    const run = (fails: boolean) =>
      pipeline({
        name: 'lakehouse',
        source: generator({ tickets: 10 }),
        log: memoryLog(),
        telemetry: watched,
        flows: (tickets) => ({
          all: tickets.pipe(
            into(
              callbackSink(() => {
                if (fails) throw new TicketsError('SINK_FAILED', 'it fails')
              }),
            ),
          ),
        }),
      }).run()
    await run(false)
    expect(await status(livenessProbe)).toBe(200)
    await expect(run(true)).rejects.toMatchObject({ code: 'SINK_FAILED' })
    expect([await status(startupProbe), await status(readinessProbe), await status(livenessProbe)]).toEqual([503, 503, 503])
  })
})
