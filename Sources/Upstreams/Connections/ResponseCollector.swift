import NIOCore
import NIOHTTP1
import NIOSSL

/// Collects a response that is small, as a whole. Touched on its loop only, which is what makes it safe to send.
final class ResponseCollector: ResponseReader, @unchecked Sendable {
    private let limitBytes: Int
    private let whole: EventLoopPromise<(HTTPResponseHead, ByteBuffer)>
    private var connection: ServerConnection?
    private var head: HTTPResponseHead?
    private var body = ByteBuffer()
    private var isOver = false

    private init(on loop: any EventLoop, limitBytes: Int) {
        self.limitBytes = limitBytes
        whole = loop.makePromise()
    }

    /// - Parameters:
    ///   - limit: for all of it, from the connection to the response's end.
    ///   - limitBytes: of the body.
    static func ask(
        _ request: ServerRequest, _ security: NIOSSLContext?, over shelf: ConnectionShelf, within limit: TimeAmount,
        limitBytes: Int
    ) async throws -> (head: HTTPResponseHead, body: ByteBuffer) {
        let collector = ResponseCollector(on: shelf.loop, limitBytes: limitBytes)
        let alarm = shelf.loop.scheduleTask(in: limit) { collector.stop(ExchangeFault.tooSlow) }
        shelf.loop.execute {
            shelf.lend(request.address, security, within: limit) { result in collector.take(result, for: request) }
        }
        defer { alarm.cancel() }
        return try await collector.whole.futureResult.get()
    }

    private func take(_ result: Result<ServerConnection, any Error>, for request: ServerRequest) {
        switch result {
        case .failure(let error): responseFailed(error)
        case .success(let connection) where isOver: connection.drop()
        case .success(let connection):
            self.connection = connection
            connection.send(request, for: self)
        }
    }

    private func stop(_ error: any Error) {
        isOver = true
        connection?.drop()
        responseFailed(error)
    }

    func requestWasSent() {}

    func received(_ head: HTTPResponseHead) {
        self.head = head
    }

    func received(_ part: ByteBuffer) {
        guard body.readableBytes + part.readableBytes <= limitBytes else { return stop(ExchangeFault.tooLarge) }
        body.writeImmutableBuffer(part)
    }

    func responseEnded() {
        connection = nil
        guard let head else { return responseFailed(ExchangeFault.closed) }
        whole.succeed((head, body))
    }

    /// A promise that is kept already stays as it is.
    func responseFailed(_ error: any Error) {
        connection = nil
        whole.fail(error)
    }
}
