import type { Order } from './order.ts'

const cities = ['Lyon', 'Oslo', 'Porto', 'Turin'] as const
const start = Date.UTC(2026, 0, 1, 12)

/** Makes the order numbered `i`: one about every second, some up to 3 seconds late. The same number gives the same order. */
export function sampleOrder(i: number): Order {
  const dice = Math.imul(i + 1, 0x9e3779b1) >>> 0
  const items = 1 + (dice % 5)
  return {
    order_id: `order-${i}`,
    city: cities[(dice >>> 8) % cities.length] ?? 'Lyon',
    items,
    amount: ((items * (500 + ((dice >>> 12) % 2000))) / 100).toFixed(2),
    ordered_at: new Date(start + i * 1000 - ((dice >>> 20) % 3000)),
  }
}
