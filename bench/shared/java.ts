import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** The version of the Java on the path, at least `least`; rejects with what to install. */
export async function javaVersion(least: number): Promise<string> {
  const { stderr } = await promisify(execFile)('java', ['-version']).catch(() => ({ stderr: '' }))
  const version = /version "([^"]+)"/.exec(stderr)?.[1]
  if (version && Number.parseInt(version, 10) >= least) return version
  throw new Error(`it needs Java ${least} or newer, found ${version ?? 'none'} (Debian: apt-get install openjdk-17-jre-headless)`)
}
