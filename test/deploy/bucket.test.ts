import { expect, test } from 'vitest'
import { rightFor } from '../../packages/s3/src/client/requests.ts'
import { read } from '../repo/files.ts'
import { configMap } from './kubernetes.ts'

interface Statement {
  readonly Effect: string
  readonly Action: string | readonly string[]
  readonly Resource: string
  readonly Condition?: unknown
}

const json = (path: string) => JSON.parse(read(path))
const policy = json('deploy/iam/bucket-policy.json') as { Statement: readonly Statement[] }
const lifecycle = json('deploy/bucket/lifecycle.json')
const { BUCKET, PREFIX } = configMap.data

test('the policy allows what the requests of @tickets/s3 need, and nothing else', () => {
  const actions = policy.Statement.flatMap(({ Action }) => Action)
  expect(actions.sort()).toEqual([...new Set(Object.values(rightFor))].sort())
  expect(policy.Statement.every(({ Effect }) => Effect === 'Allow')).toBe(true)
})

test('the policy is limited to the prefix, wherever S3 knows it', () => {
  const of = (action: string) => policy.Statement.find(({ Action }) => [Action].flat().includes(action))
  expect(of('s3:ListBucket')).toMatchObject({ Resource: `arn:aws:s3:::${BUCKET}`, Condition: { StringLike: { 's3:prefix': `${PREFIX}/*` } } })
  // S3 has no `s3:prefix` for this action: with the condition it is always refused.
  expect(of('s3:ListBucketMultipartUploads')).toEqual({
    Effect: 'Allow',
    Action: 's3:ListBucketMultipartUploads',
    Resource: `arn:aws:s3:::${BUCKET}`,
  })
  for (const action of ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'])
    expect(of(action)?.Resource, action).toBe(`arn:aws:s3:::${BUCKET}/${PREFIX}/*`)
})

test('the lifecycle rule aborts uploads below the prefix, and only after weeks', () => {
  expect(lifecycle.Rules).toEqual([
    {
      ID: 'abandoned-uploads',
      Status: 'Enabled',
      Filter: { Prefix: `${PREFIX}/` },
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 30 },
    },
  ])
})

test('the guide shows both as they are', () => {
  const blocks = [...read('docs/guides/object-storage.md').matchAll(/```json\n([\s\S]*?)```/g)].map(([, block = '']) => JSON.parse(block))
  expect(blocks).toEqual([policy, lifecycle])
})
