import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { askChoices, askFolder, askRun } from './questions.ts'

const [UP, DOWN, RETURN, SPACE, CTRL_C] = ['\u001b[A', '\u001b[B', '\r', ' ', '\u0003']

/** A terminal at which keys are pressed, one after the other. */
function terminal(...keys: string[]) {
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {} })
  const output = Object.assign(new PassThrough(), { isTTY: true, columns: 80, rows: 24 })
  let shown = ''
  output.setEncoding('utf8').on('data', (text: string) => (shown += text))
  const press = async () => {
    for (const key of keys) {
      await new Promise((done) => setTimeout(done, 20))
      input.write(key)
    }
  }
  void press()
  return { at: { input, output }, shown: () => shown }
}

test('the folder is what is typed, and demo by default', async () => {
  expect(await askFolder(terminal('m', 'y', '-', 'a', 'p', 'p', RETURN).at)).toBe('my-app')
  expect(await askFolder(terminal(RETURN).at)).toBe('demo')
})

test('an invalid name is asked for again', async () => {
  const { at, shown } = terminal('A', RETURN, '\u007f', 'a', RETURN)
  expect(await askFolder(at)).toBe('a')
  expect(shown()).toContain('cannot be the name of a package')
})

test('asks for source, sinks and dashboard', async () => {
  const keys = [DOWN, RETURN, SPACE, DOWN, DOWN, DOWN, SPACE, RETURN, UP, RETURN]
  expect(await askChoices({}, terminal(...keys).at)).toEqual({ source: 'json-lines', sinks: ['json', 'postgres'], dashboard: true })
})

test('asks nothing that a flag has said', async () => {
  const { at, shown } = terminal(RETURN)
  expect(await askChoices({ source: 'kafka', dashboard: false }, at)).toEqual({ source: 'kafka', sinks: [], dashboard: false })
  expect(shown()).not.toContain('come from')
  const none = terminal()
  expect(await askChoices({ source: 'kafka', sinks: [], dashboard: true }, none.at)).toEqual({ source: 'kafka', sinks: [], dashboard: true })
  expect(none.shown()).toBe('')
})

test('Ctrl-C stops at any question, with the exit code of a shell', async () => {
  const stopped = expect.objectContaining({ message: 'stopped: nothing was written', exitCode: 130 })
  await expect(askFolder(terminal(CTRL_C).at)).rejects.toEqual(stopped)
  await expect(askChoices({}, terminal(RETURN, CTRL_C).at)).rejects.toEqual(stopped)
  await expect(askRun('npm', terminal(CTRL_C).at)).rejects.toEqual(stopped)
})
