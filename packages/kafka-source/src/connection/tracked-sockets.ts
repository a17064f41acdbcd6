import type { Socket } from 'node:net'
import { ConnectionFault } from './fault.ts'
import { openSocket } from './socket.ts'

/** Opens connections of one client, and ends them all at once. */
export function trackedSockets() {
  const open = new Set<Socket>()
  let isEnded = false
  const drop = () => {
    for (const socket of open) socket.destroy(new Error('the connection was given up'))
  }
  return {
    /** Opens a connection. Throws once the client was ended. */
    open: (address: Parameters<typeof openSocket>[0]): Socket => {
      if (isEnded) throw new ConnectionFault('ConnectionError', 'the client was ended')
      const socket = openSocket(address)
      open.add(socket)
      return socket.once('close', () => open.delete(socket))
    },
    /** Ends all connections now. Others may be opened after that. */
    drop,
    /** Ends all connections now and for good. */
    destroy: () => {
      isEnded = true
      drop()
    },
  }
}
