/** Does a job in a process of its own and tells the runner how long it took: the line that `Command` speaks of. */
export async function report(work: () => Promise<unknown>): Promise<void> {
  const began = performance.now()
  await work()
  console.log(`BENCH ${JSON.stringify({ seconds: (performance.now() - began) / 1000 })}`)
}
