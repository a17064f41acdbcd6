import { test } from 'node:test'
import { checkOperator, scenario } from '@tickets/core/testing'
import { Order } from '../src/order.ts'
import { revenueByCity } from '../src/revenue.ts'

test('counts orders and adds amounts by minute and city', () => {
  // A word is a city, an amount and an event time in seconds: Lyon=5@10.
  scenario(Order, revenueByCity)
    .feed('Lyon=5@10 Oslo=3@20 Lyon=2@59 | Oslo=1@60')
    .emits('Lyon[0,60)=2,7.00 Oslo[0,60)=1,3.00')
    .feed('$')
    .emits('Oslo[60,120)=1,1.00')
})

test('gives the same windows however orders are batched, also over crashes', () => {
  checkOperator(Order, revenueByCity)
})
