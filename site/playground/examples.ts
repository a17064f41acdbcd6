/** A pipeline and a trace to begin with. */
export interface Example {
  readonly name: string
  readonly code: string
  readonly trace: string
}

const windowOf = (make: string, options = '{ partitions: 2 }', more = '') => {
  const name = make.slice(0, make.indexOf('('))
  return [
    `import { count, ${name}, windowed } from '@tickets/core'`,
    '',
    `export default windowed(${make}, {`,
    "  by: 'client_id',",
    `  aggregate: { tickets: count() },${more}`,
    '})',
    '',
    `export const options = ${options}`,
    '',
  ].join('\n')
}

/** What the list of examples offers. */
export const examples: readonly Example[] = [
  {
    name: 'Tumbling windows over two partitions',
    code: windowOf("tumbling({ size: '10s' })"),
    trace: 'a@1 p1:b@2 a@4 p1:a@8 | a@12 p1:b@13 commit a@17 p1:a@21 commit a@23 b@26 p1:b@33 commit a@34 end',
  },
  {
    name: 'A crash before the commit',
    code: windowOf("tumbling({ size: '10s' })", '{ partitions: 1 }'),
    trace: 'a@1 a@3 b@5 commit a@7 b@8 crash a@9 commit a@12 merge:crash b@14 a@21 commit crash end',
  },
  {
    name: 'Late rows, and a window with grace',
    code: windowOf("tumbling({ size: '10s', grace: '5s' })", '{ partitions: 1 }'),
    trace: 'a@2 a@8 commit a@13 commit a@6 commit a@16 commit a@4 b@12 commit a@31 commit b@19 end',
  },
  {
    name: 'An idle partition holds windows back',
    code: windowOf("tumbling({ size: '10s' })"),
    trace: 'a@1 p1:b@3 a@6 commit a@14 a@22 commit a@27 commit idle a@33 commit p1:b@29 p1:b@41 commit a@44 end',
  },
  {
    name: 'Sessions',
    code: windowOf("session({ gap: '6s' })", '{ partitions: 1 }'),
    trace: 'a@1 a@5 b@6 | a@9 b@22 commit a@24 a@13 commit a@19 b@33 commit a@40 end',
  },
  {
    name: 'Results while they fill: updates',
    code: windowOf("hopping({ size: '10s', advance: '5s' })", '{ partitions: 1 }', "\n  emit: 'updates',"),
    trace: 'a@1 b@3 commit a@6 commit a@9 b@12 commit a@17 b@18 commit a@24 end',
  },
]
