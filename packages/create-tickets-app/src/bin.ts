#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort())
// A reader that goes away, as `head` does, is no failure.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 18)) {
  // Before anything else is loaded, which older versions would refuse with an error of their own.
  process.stderr.write(`error: the project runs TypeScript as it is, for which Node 22.18 or newer is needed; this is ${process.version}\n`)
  process.exitCode = 1
} else {
  const { createApp } = await import('./create-app.ts')
  process.exitCode = await createApp({
    argv: process.argv.slice(2),
    cwd: process.cwd(),
    env: process.env,
    terminal: process.stdin.isTTY && process.stdout.isTTY ? { input: process.stdin, output: process.stdout } : undefined,
    print: (text) => void process.stdout.write(text),
    printError: (text) => void process.stderr.write(text),
    signal: stop.signal,
    templates: fileURLToPath(new URL('../templates', import.meta.url)),
    version,
  })
}
