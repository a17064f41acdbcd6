/** Where the orders are; those of compose.yaml by default. */
export const brokers = (process.env.KAFKA_BROKERS ?? 'localhost:19092').split(',')
export const topic = process.env.KAFKA_TOPIC ?? 'orders'
