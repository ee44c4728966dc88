import NIOCore
import NIOHTTP1

/// Who waits for a response. Told on the connection's loop, and nothing more after the end or an error.
protocol ResponseReader: AnyObject {
    /// The request is on its way.
    func requestWasSent()
    func received(_ head: HTTPResponseHead)
    func received(_ part: ByteBuffer)
    func responseEnded()
    func responseFailed(_ error: any Error)
}

/// What can go wrong with an exchange, apart from the network's own errors.
enum ExchangeFault: Error {
    /// The connection was closed before the response was whole.
    case closed
    /// This server is stopping.
    case stopping
    /// The response is longer than whoever asked wants to read.
    case tooLarge
    /// The response did not come in time.
    case tooSlow
}
