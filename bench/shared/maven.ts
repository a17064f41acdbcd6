import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { CACHE } from '../runner/places.ts'

const run = promisify(execFile)

/** What is made with Maven for a contestant: its libraries, and its own classes where it has sources. */
export interface JavaParts {
  /** For `java -cp`. */
  readonly classpath: string
  readonly jars: readonly string[]
}

async function said(error: unknown): Promise<string> {
  const { stdout = '', stderr = '', message = '' } = error as { stdout?: string; stderr?: string; message?: string }
  const lines = `${stdout}\n${stderr}\n${message}`.split('\n')
  return (lines.find((line) => /could not find|error:|\[ERROR\]|ENOENT/i.test(line)) ?? message).trim().slice(0, 300)
}

/**
 * Fetches what a folder's `pom.xml` asks for, and compiles the folder's `*.java` against it; done once under .cache/bench and again when one of
 * them changes. Rejects with what Maven or the compiler said.
 *
 * @example
 * await javaParts('kafka-flink', '/…/bench/peers/kafka-flink') // { classpath: '….cache/bench/kafka-flink/classes:…/libs/*', jars: […] }
 */
export async function javaParts(name: string, folder: string): Promise<JavaParts> {
  const home = join(CACHE, name)
  const libs = join(home, 'libs')
  const classes = join(home, 'classes')
  const stamp = join(home, 'made-of')
  const sources = (await readdir(folder)).filter((file) => file.endsWith('.java')).map((file) => join(folder, file))
  const hash = createHash('sha256')
  for (const file of [join(folder, 'pom.xml'), ...sources]) hash.update(await readFile(file))
  const wanted = hash.digest('hex')
  if (!existsSync(stamp) || (await readFile(stamp, 'utf8')) !== wanted) {
    await rm(home, { recursive: true, force: true })
    await mkdir(classes, { recursive: true })
    const goal = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies'
    try {
      await run('mvn', ['-q', '-B', '-f', join(folder, 'pom.xml'), goal, '-DincludeScope=runtime', `-DoutputDirectory=${libs}`], {
        maxBuffer: 1 << 26,
      })
      if (sources.length > 0) await run('javac', ['-cp', `${libs}/*`, '-d', classes, ...sources], { maxBuffer: 1 << 26 })
    } catch (error) {
      throw new Error(
        `it could not be made (${await said(error)}); it needs Maven and a JDK of 17 or newer (Debian: apt-get install maven openjdk-17-jdk-headless)`,
      )
    }
    await writeFile(stamp, wanted)
  }
  return { classpath: `${classes}:${libs}/*`, jars: (await readdir(libs)).map((jar) => join(libs, jar)) }
}
