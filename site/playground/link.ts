/** What a link shares. */
export interface Shared {
  readonly code: string
  readonly trace: string
}

const through = async (bytes: Uint8Array<ArrayBuffer> | string, stream: CompressionStream | DecompressionStream): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer())

/**
 * Returns the part of an address behind `#` that holds a pipeline and its trace. No server sees it.
 *
 * @example
 * await hashOf({ code: 'export default …', trace: 'a@1 end' }) // 'eJyr…'
 */
export async function hashOf({ code, trace }: Shared): Promise<string> {
  const bytes = await through(JSON.stringify([code, trace]), new CompressionStream('deflate-raw'))
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '')
}

/** Returns what a hash shares; null for one that `hashOf` has not made. */
export async function sharedIn(hash: string): Promise<Shared | null> {
  try {
    const text = atob(hash.replace(/^#/, '').replaceAll('-', '+').replaceAll('_', '/'))
    const bytes = await through(
      Uint8Array.from(text, (letter) => letter.charCodeAt(0)),
      new DecompressionStream('deflate-raw'),
    )
    const [code, trace] = JSON.parse(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)) as unknown[]
    return typeof code === 'string' && typeof trace === 'string' ? { code, trace } : null
  } catch {
    return null
  }
}
