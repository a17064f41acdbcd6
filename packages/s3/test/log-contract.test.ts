import { commitLog } from '@tickets/core/node'
import { logContract } from '@tickets/core/testing'
import { s3 } from '@tickets/s3'
import { describe, test } from 'vitest'
import { placeAt, sharedStore } from '../../../test/s3/shared.ts'

const endpoint = await sharedStore('fenced', 'the contract of logs in a bucket')

describe.skipIf(!endpoint)('a log in a bucket', () => {
  const make = async () => {
    const place = await placeAt(endpoint ?? '')
    return () => commitLog(s3(place))
  }
  for (const { name, run } of logContract({ make })) test(name, run)
})
