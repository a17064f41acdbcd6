import { type FileLayer, nodeFiles } from '@tickets/core/node'

/** The file system up to its call number `last`; `after`: that call still happens, but its answer is lost. */
export function dying(last: number, after: boolean): FileLayer {
  let calls = 0
  const wrap =
    (call: (...args: unknown[]) => Promise<unknown>) =>
    async (...args: unknown[]) => {
      const number = ++calls
      if (number < last) return call(...args)
      if (number === last && after) await call(...args)
      throw Object.assign(new Error('the process died'), { code: 'DEAD' })
    }
  return Object.fromEntries(Object.entries(nodeFiles).map(([name, call]) => [name, wrap(call as never)])) as unknown as FileLayer
}
