// Prove in a test that a crash at any step changes nothing.
// prints: true
import { count, Ticket, tumbling, windowed } from '@tickets/core'
import { scenario } from '@tickets/core/testing'

const calm = 'a@1 a@4 b@8 commit a@12 commit b@23 commit'.split(' ')

for (let i = 0; i <= calm.length; i++)
  scenario(Ticket, windowed(tumbling({ size: '10s' }), { by: 'client_id', aggregate: { n: count() } }))
    .feed(calm.toSpliced(i, 0, 'crash').join(' '))
    .emits('a[0,10)=2 b[0,10)=1 a[10,20)=1')
console.log(true)
