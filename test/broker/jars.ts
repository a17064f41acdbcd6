import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const version = '4.1.1'
const cache = fileURLToPath(new URL('../../.cache/kafka', import.meta.url))

/** Returns an artifact of Maven Central as a POM names it. */
export const dependency = (group: string, artifact: string, v: string, classifier = '') =>
  `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${v}</version>${classifier && `<classifier>${classifier}</classifier>`}</dependency>`

/** The tests of Kafka's own jar, by itself. */
const tests = (artifact: string) =>
  `<dependency><groupId>org.apache.kafka</groupId><artifactId>${artifact}</artifactId><version>${version}</version><classifier>test</classifier>
<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions></dependency>`

/** Returns a POM of artifacts, which are fetched with all that they need. */
export const pomOf = (dependencies: readonly string[]) => `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>tickets</groupId><artifactId>broker</artifactId><version>1</version><dependencies>
${dependencies.join('\n')}
</dependencies></project>
`

const broker = (kafka: string) =>
  pomOf([
    dependency('org.apache.kafka', 'kafka_2.13', kafka),
    dependency('org.apache.kafka', 'kafka-tools', kafka),
    dependency('org.slf4j', 'slf4j-simple', '1.7.36'),
  ])

/** Kafka's storage in a folder that plays the remote one (`LocalTieredStorage`), which only its tests have. */
const tiered = pomOf([tests('kafka-storage'), tests('kafka-clients')])

/** The major version of the `java` on the PATH; null when there is none. */
export async function javaVersion(): Promise<number | null> {
  const answer = await run('java', ['-version']).catch(() => null)
  const major = /version "(\d+)/.exec(`${answer?.stderr}${answer?.stdout}`)?.[1]
  return major === undefined ? null : Number(major)
}

/** Whether `mvn` can be run. */
export const hasMaven = (): Promise<boolean> =>
  run('mvn', ['-v']).then(
    () => true,
    () => false,
  )

/** Whether the jars are in the cache already. */
const hasJars = (): boolean => existsSync(join(cache, version))

/** Whether Kafka can be run with Java here: Java 17 or newer, and its jars or Maven to fetch them with. */
export async function hasJava(): Promise<boolean> {
  return ((await javaVersion()) ?? 0) >= 17 && (hasJars() || (await hasMaven()))
}

/** The folder of Kafka's jars, of another release too, fetched from Maven Central the first time. Two processes may do so at once: the first rename wins. */
export const kafkaJars = (kafka = version): Promise<string> => jarsOf(cache, broker(kafka), kafka)

/** The folder of the jars with `LocalTieredStorage`, fetched as `kafkaJars`. */
export const tieredJars = (): Promise<string> => jarsOf(cache, tiered, `${version}-tiered`)

/** The folder of the jars of a POM, fetched the first time into a cache, under a name. */
export async function jarsOf(cache: string, pom: string, name: string): Promise<string> {
  const folder = join(cache, name)
  if (existsSync(folder)) return folder
  await mkdir(cache, { recursive: true })
  const mine = await mkdtemp(join(cache, `.${randomUUID()}-`))
  try {
    await writeFile(join(mine, 'pom.xml'), pom)
    const libs = join(mine, 'libs')
    const file = join(mine, 'pom.xml')
    await run('mvn', ['-q', '-B', '-f', file, 'dependency:copy-dependencies', `-DoutputDirectory=${libs}`], { maxBuffer: 1 << 26 })
    await rename(libs, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error
    })
  } finally {
    await rm(mine, { recursive: true, force: true })
  }
  return folder
}
