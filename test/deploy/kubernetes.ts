import { join } from 'node:path'
import { parse } from 'yaml'
import { read, root, tracked } from '../repo/files.ts'

/** The manifests of `deploy/kubernetes`, as paths on this machine. */
export const manifests = tracked.filter((path) => /^deploy\/kubernetes\/.*\.yaml$/.test(path)).map((path) => join(root, path))

export interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string }
  readonly periodSeconds: number
  readonly failureThreshold?: number
}

export interface Container {
  readonly image: string
  readonly command: readonly string[]
  readonly envFrom: readonly { readonly configMapRef: { readonly name: string } }[]
  readonly env: readonly {
    readonly name: string
    readonly valueFrom: { readonly secretKeyRef: { readonly key: string; readonly optional: boolean } }
  }[]
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[]
  readonly startupProbe: Probe
  readonly readinessProbe: Probe
  readonly livenessProbe: Probe
}

interface Selected {
  readonly selector: { readonly matchLabels: Readonly<Record<string, string>> }
}

export interface Deployment {
  readonly spec: Selected & {
    readonly replicas: number
    readonly template: {
      readonly metadata: { readonly labels: Readonly<Record<string, string>>; readonly annotations: Readonly<Record<string, string>> }
      readonly spec: {
        readonly serviceAccountName: string
        readonly terminationGracePeriodSeconds: number
        readonly containers: readonly Container[]
      }
    }
  }
}

const manifest = <T>(name: string) => parse(read(`deploy/kubernetes/${name}.yaml`)) as T

export const deployment = manifest<Deployment>('deployment')
export const configMap = manifest<{ metadata: { name: string }; data: Readonly<Record<string, string>> }>('configmap')
export const disruptionBudget = manifest<{ spec: Selected }>('poddisruptionbudget')
export const serviceAccount = manifest<{ metadata: { name: string; annotations: Readonly<Record<string, string>> } }>('serviceaccount')
