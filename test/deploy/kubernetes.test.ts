import { execFile, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { configMarkdown, loadConfig } from '@tickets/cli/config'
import { describe, expect, test } from 'vitest'
import { DRAIN_SECONDS } from '../../examples/lakehouse/pipeline.ts'
import { Settings } from '../../examples/lakehouse/settings.ts'
import { compose } from '../compose/compose.ts'
import { folder } from '../examples/run.ts'
import { validatorPythonOrSkip } from '../readers/python.ts'
import { read, root } from '../repo/files.ts'
import { configMap, deployment, disruptionBudget, manifests, serviceAccount } from './kubernetes.ts'

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

  test.each(['startupProbe', 'readinessProbe', 'livenessProbe'] as const)(
    '%s succeeds while the health file is written, and fails otherwise',
    async (name) => {
      const file = join(await folder(), 'alive')
      const [program = '', ...args] = container[name].exec.command.map((word) => word.replace(configMap.data.HEALTH_FILE ?? '', file))
      const status = () => spawnSync(program, args).status
      expect(status()).toBe(1)
      await writeFile(file, '')
      expect(status()).toBe(0)
      const old = Date.now() / 1000 - 180
      await utimes(file, old, old)
      expect(status()).toBe(1)
    },
  )
})
