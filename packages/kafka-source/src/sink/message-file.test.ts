import { expect, it } from 'vitest'
import { MessageEncoder, type OutgoingMessage, stagedMessages } from './message-file.ts'

const encode = (messages: readonly OutgoingMessage[]) => {
  const encoder = new MessageEncoder()
  for (const message of messages) encoder.add(message)
  return Buffer.concat(encoder.end())
}
const value = (text: string, more: Partial<OutgoingMessage> = {}): OutgoingMessage => ({ key: null, value: text, ...more })

it('gives back keys, values, headers and partitions, and tells null from empty', () => {
  const [group = []] = stagedMessages(
    encode([value('é😀', { key: 'k', partition: 3, headers: { a: 'x', __proto__name: new Uint8Array([0, 255]) } }), { key: '', value: null }]),
    1 << 20,
  )
  expect(group).toHaveLength(2)
  expect(group[0]).toMatchObject({ key: Buffer.from('k'), value: Buffer.from('é😀'), partition: 3 })
  expect({ ...group[0]?.headers }).toEqual({ a: Buffer.from('x'), __proto__name: Buffer.from([0, 255]) })
  expect(group[1]).toMatchObject({ key: Buffer.alloc(0), value: null })
  expect(group[1] && 'partition' in group[1]).toBe(false)
})

it('cuts groups at a number of bytes, and lets a larger message go alone', () => {
  const file = encode([value('a'), value('b'), value('x'.repeat(100)), value('c')])
  const sizes = [...stagedMessages(file, 60)].map((group) => group.map((message) => message.value?.length))
  expect(sizes).toEqual([[1, 1], [100], [1]])
})

it('takes a message that is larger than a part of the file', () => {
  const large = 'x'.repeat(3 << 20)
  const all = [...stagedMessages(encode([value('a'), value(large), value('b')]), 1 << 20)].flat()
  expect(all.map((message) => message.value?.length)).toEqual([1, large.length, 1])
})

it.each([
  ['one message', 1, 3 << 20],
  ['many messages together', 5000, 300],
])('takes headers that are larger than a part of the file: in %s', (_, count, size) => {
  const headers = { first: 'h'.repeat(size), second: new Uint8Array(size).fill(7) }
  const all = [...stagedMessages(encode(Array.from({ length: count }, (_, i) => value(String(i), { headers }))), 1 << 20)].flat()
  expect(all.map((message) => Number(message.value))).toEqual(Array.from({ length: count }, (_, i) => i))
  for (const message of all) expect([message.headers.first?.length, message.headers.second?.length]).toEqual([size, size])
})

it('holds nothing for a range without messages', () => expect([...stagedMessages(encode([]), 100)]).toEqual([]))

it('refuses a file that is cut off, or that is another file', () => {
  const whole = encode([value('hello', { key: 'k', headers: { a: 'b' } })])
  const read = (file: Buffer) => [...stagedMessages(file, 100)]
  for (let length = 5; length < whole.length; length++)
    expect(() => read(whole.subarray(0, length)), `${length} bytes`).toThrow(expect.objectContaining({ code: 'STAGED_LOST' }))
  expect(() => read(Buffer.from('PAR1'))).toThrow(expect.objectContaining({ code: 'STAGED_LOST' }))
})
