import { readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Examined, Finding } from './finding.ts'

/** The packages that must share one copy of core. */
const FAMILY = ['@tickets/cli', '@tickets/sinks', '@tickets/kafka-source', '@tickets/s3', '@tickets/monitor']

/** Checks the version of Node: 22.12, 24 and 26 on are supported. */
export function nodeChecks(version: string = process.versions.node): Examined {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if ((major === 22 && minor >= 12) || major === 24 || major >= 26) return { fine: { node: version }, findings: [] }
  const finding = { check: 'node', problem: `Node ${version} is not supported`, seen: 'process.versions', fix: 'use Node 22.12, 24 or 26 and newer' }
  return { fine: {}, findings: [finding] }
}

/** Checks the packages that a program in this folder gets: one copy of core, and peers of a supported version. */
export function packageChecks(folder: string): Examined {
  const copies = new Map<string, string[]>()
  const note = (from: string, who: string) => {
    const core = packageFolder('@tickets/core', from)
    if (core !== null) copies.set(core, [...(copies.get(core) ?? []), who])
  }
  const findings: Finding[] = []
  note(folder, 'this folder')
  for (const name of FAMILY) {
    const own = packageFolder(name, folder)
    if (own !== null) note(own, name)
  }
  if (copies.size > 1) {
    const seen = [...copies].map(([core, who]) => `${core} (${versionIn(core)}) for ${who.join(', ')}`).join('; ')
    findings.push({
      check: 'packages',
      problem: 'there are several copies of @tickets/core',
      seen,
      fix: 'make all packages use one version: npm ls @tickets/core',
    })
  }
  for (const name of ['@tickets/core', ...FAMILY]) findings.push(...peerFindings(name, folder, findings))
  const [core] = copies.keys()
  return {
    fine: findings.length > 0 ? {} : { packages: core === undefined ? 'no @tickets/core in this folder' : `one @tickets/core, ${versionIn(core)}` },
    findings,
  }
}

/** Returns the folder of a package as a module in a folder gets it; null where it gets none. */
function packageFolder(name: string, from: string): string | null {
  for (let folder = from; ; folder = dirname(folder)) {
    try {
      return dirname(realpathSync(join(folder, 'node_modules', name, 'package.json')))
    } catch {}
    if (dirname(folder) === folder) return null
  }
}

interface Manifest {
  readonly version?: string
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>
}

function manifestIn(folder: string): Manifest {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
  } catch {
    return {}
  }
}

const versionIn = (folder: string): string => manifestIn(folder).version ?? 'of an unknown version'

/** Compares the peers of a package with the versions that it asks for; what is in `known` is not said again. */
function peerFindings(name: string, folder: string, known: readonly Finding[]): Finding[] {
  const own = packageFolder(name, folder)
  if (own === null) return []
  const { peerDependencies = {}, peerDependenciesMeta = {} } = manifestIn(own)
  return Object.entries(peerDependencies).flatMap(([peer, range]): Finding[] => {
    if (peer.startsWith('@tickets/')) return []
    const found = packageFolder(peer, own)
    const fix = `npm i ${peer}@${range}`
    const isKnown = known.some((finding) => finding.seen === found || finding.fix === fix)
    if (isKnown || (found === null && peerDependenciesMeta[peer]?.optional === true)) return []
    if (found === null) return [{ check: 'packages', problem: `${peer} is not installed`, seen: `${name} needs ${peer}@${range}`, fix }]
    const version = versionIn(found)
    return isInRange(version, range) ? [] : [{ check: 'packages', problem: `${peer} ${version} is not supported`, seen: found, fix }]
  })
}

/** Returns whether a version is in a range such as `^4.1.0`, the only kind that our packages ask for; any is in a range of another kind. */
function isInRange(version: string, range: string): boolean {
  const wanted = /^\^(\d+)\.(\d+)\.(\d+)$/.exec(range)?.slice(1).map(Number)
  const has = /^(\d+)\.(\d+)\.(\d+)/.exec(version)?.slice(1).map(Number)
  if (!wanted || !has) return true
  const fixed = wanted[0] === 0 ? 2 : 1
  if (wanted.slice(0, fixed).some((part, i) => part !== has[i])) return false
  const differs = wanted.findIndex((part, i) => part !== has[i])
  return differs < 0 || (has[differs] ?? 0) > (wanted[differs] ?? 0)
}
