import NIOCore
import NIOHTTP1
import NIOTLS

/// A connection to a server: the last handler of its channel. It carries one exchange after the other. All of it
/// happens on the loop of its shelf, which is what makes it safe to send.
final class ServerConnection: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    let address: ServerAddress
    /// Since when nobody has asked anything over it.
    private(set) var freeSince = NIODeadline.uptimeNanoseconds(0)
    /// Whether it has been free, so that its server may have closed it meanwhile.
    private(set) var isKept = false
    private let shelf: ConnectionShelf
    /// Kept once requests can be sent over it.
    private var standing: EventLoopPromise<Void>?
    private var context: ChannelHandlerContext?
    private var reader: (any ResponseReader)?
    private var isSent = false
    private var isToBeKept = false
    private var isClosing = false

    init(to address: ServerAddress, of shelf: ConnectionShelf, standing: EventLoopPromise<Void>) {
        self.address = address
        self.shelf = shelf
        self.standing = standing
    }

    /// Whether something can be asked over it. TLS says goodbye before the channel closes.
    var isActive: Bool { !isClosing && context?.channel.isActive == true }

    /// Nobody needs it at this moment.
    func rest() {
        isKept = true
        freeSince = .now()
    }

    /// Only while no other exchange is going on.
    func send(_ request: ServerRequest, for reader: any ResponseReader) {
        guard let context else { return reader.responseFailed(ExchangeFault.closed) }
        self.reader = reader
        isSent = false
        isToBeKept = false
        context.write(wrapOutboundOut(.head(request.head)), promise: nil)
        if let body = request.body { context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil) }
        let sent = context.eventLoop.makePromise(of: Void.self)
        sent.futureResult.whenComplete { [self] result in
            switch result {
            case .success: isSent = true
            case .failure(let error): fail(error)
            }
        }
        reader.requestWasSent()
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: sent)
    }

    /// Closes it. Whoever waits for a response over it is told nothing.
    func drop() {
        close(ExchangeFault.closed)
    }

    /// Closes it, and tells whoever waits why.
    func fail(_ error: any Error) {
        let reader = reader
        close(error)
        reader?.responseFailed(error)
    }

    private func close(_ error: any Error) {
        isClosing = true
        reader = nil
        standing?.fail(error)
        standing = nil
        context?.close(promise: nil)
    }
}

/// What the channel tells.
extension ServerConnection {
    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted = event { stands() }
    }

    /// Requests can be sent over it now.
    func stands() {
        standing?.succeed()
        standing = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .body(let part): reader?.received(part)
        case .head(let head):
            isToBeKept = head.isKeepAlive
            reader?.received(head)
        case .end: responseEnded()
        }
    }

    /// The connection is free before its reader hears of the end: it may want to ask again.
    private func responseEnded() {
        guard let reader else { return }
        self.reader = nil
        if isToBeKept, isSent, isActive {
            shelf.keep(self)
        } else {
            drop()
        }
        reader.responseEnded()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        shelf.forget(self)
        fail(ExchangeFault.closed)
    }
}
