import { readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Examined, Finding } from './finding.ts'

/** The packages that must share one copy of core. */
const FAMILY = ['@tickets/cli', '@tickets/sinks', '@tickets/kafka-source', '@tickets/s3', '@tickets/monitor']
/** Peers and the versions that are supported. */
const PEERS: Readonly<Record<string, number>> = { rxjs: 7, zod: 4 }

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
  for (const [peer, major] of Object.entries(PEERS)) {
    const found = packageFolder(peer, folder)
    const version = found === null ? null : versionIn(found)
    if (version === null || version.startsWith(`${major}.`)) continue
    findings.push({ check: 'packages', problem: `${peer} ${version} is not supported`, seen: String(found), fix: `npm i ${peer}@${major}` })
  }
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

function versionIn(folder: string): string {
  try {
    return String((JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { readonly version?: string }).version)
  } catch {
    return 'of an unknown version'
  }
}
