/** A store for tests that speaks the API of S3. */
export interface Store {
  readonly how: 'env' | 'container' | 'moto' | 's3mock'
  readonly endpoint: string
  /** Ends it; its buckets are gone. */
  stop(): Promise<void>
}

/** Whether anything speaks HTTP at an endpoint. */
export const answers = (endpoint: string): Promise<boolean> =>
  fetch(endpoint, { signal: AbortSignal.timeout(5000) }).then(
    () => true,
    () => false,
  )
