import Domain
import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// The requests of one connection and their answers, in their order: what may be written when, and when it is over.
///
/// Lives on the connection's event loop, and is only touched there.
final class Exchanges: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// What must be known of a request until it is answered.
    private struct Exchange {
        /// HTTP/1.0: no chunks, no interim answers, and closed afterwards unless the client asks otherwise.
        var isOld = false
        var isLast = false
        var isBeingAnswered = false
        /// Whether the body of the answer goes out in chunks.
        var isChunked = false
    }

    /// A chunk up to here is copied into one buffer with its frame; a larger one is not worth the copy.
    private static let framedBytes = 16 * 1024

    private let limits: Limits
    private let beginning: Beginning
    /// Those that are not answered yet, oldest first.
    private var open = CircularBuffer<Exchange>()
    /// Whether a request's head has come, and its end has not.
    private var isReading = false
    /// Whether the newest client waits to be told before it sends its body.
    private var isWaiting = false
    /// Whether what still comes counts for nothing: the last request is read, or what came was none.
    private var isDeaf = false
    private var farewell: Scheduled<Void>?
    private var context: ChannelHandlerContext?
    /// Where what the encoder has made of an answer goes on.
    private var encoded: ChannelHandlerContext?

    init(after beginning: Beginning, limits: Limits) {
        self.beginning = beginning
        self.limits = limits
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        encoded = try? context.pipeline.syncOperations.context(handlerType: HTTPResponseEncoder.self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        farewell?.cancel()
        self.context = nil
        encoded = nil
    }

    // Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isDeaf else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            do { try begin(head, context) } catch { refuse(error, context) }
        case .body(let bytes):
            isWaiting = false
            context.fireChannelRead(wrapInboundOut(.body(bytes)))
        case .end(let trailers):
            isReading = false
            isWaiting = false
            isDeaf = open.last?.isLast ?? false
            beginning.keep()
            context.fireChannelRead(wrapInboundOut(.end(trailers.map { HTTPFields($0, splitCookie: false) })))
        }
    }

    private func begin(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) throws {
        var request = try HTTPRequest(head, secure: false, splitCookie: false)
        var exchange = Exchange(isOld: head.version.minor == 0)
        // The parser reads nothing after a request to upgrade, which is answered as if it did not ask to.
        exchange.isLast = !head.isKeepAlive || head.method == .CONNECT || head.headers.contains(name: "Upgrade")
        // However the client said it, this is how Hummingbird reads it.
        if exchange.isLast { request.headerFields[.connection] = "close" }
        open.append(exchange)
        beginning.forget()
        isReading = true
        isWaiting = !exchange.isOld && request.headerFields[.expect]?.lowercased() == "100-continue"
        context.fireChannelRead(wrapInboundOut(.head(request)))
        tellToContinue(context)
    }

    /// Some clients hold a large body back until they are told to go on, or a second has passed. They are not told in
    /// the middle of an earlier answer.
    private func tellToContinue(_ context: ChannelHandlerContext) {
        guard isWaiting, open.count == 1, !open[offset: 0].isBeingAnswered else { return }
        isWaiting = false
        context.writeAndFlush(
            wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .continue))), promise: nil)
    }

    // What is no request

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case is HTTPParserError: refuse(error, context)
        // The parser says so of everything that comes after what it has refused.
        case is ByteToMessageDecoderError: break
        default: context.fireErrorCaught(error)
        }
    }

    /// Hands the refusal to the entrance in the place of the request, or of the rest of its body: so it has its turn
    /// after the answers before it, its dialect, its id and its line in the log.
    private func refuse(_ error: any Error, _ context: ChannelHandlerContext) {
        guard !isDeaf, context.channel.isActive else { return }
        isDeaf = true
        isWaiting = false
        let unreadable = Unreadable(error, from: isReading ? nil : beginning, limits: limits)
        if !isReading {
            open.append(Exchange(isLast: true))
            let head = HTTPRequest(
                method: .unreadable, scheme: nil, authority: nil, path: beginning.path ?? "/",
                headerFields: [.connection: "close"])
            context.fireChannelRead(wrapInboundOut(.head(head)))
        } else if open.isEmpty {
            return leave(context)
        } else {
            open[offset: open.count - 1].isLast = true
        }
        isReading = false
        context.fireErrorCaught(unreadable)
    }

    // Answers

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let response): begin(response, context, promise)
        case .body(let bytes): write(bytes, context, promise)
        case .end(let trailers):
            context.write(wrapOutboundOut(.end(trailers.map { HTTPHeaders($0) })), promise: promise)
            guard let exchange = open.popFirst() else { return }
            if exchange.isLast { leave(context) } else { tellToContinue(context) }
        }
    }

    private func begin(_ response: HTTPResponse, _ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?)
    {
        var head = HTTPResponseHead(response)
        guard !open.isEmpty else { return context.write(wrapOutboundOut(.head(head)), promise: promise) }
        var exchange = open[offset: 0]
        if response.status.kind == .informational {
            guard !exchange.isOld, !exchange.isBeingAnswered else {
                promise?.succeed()
                return
            }
        } else {
            exchange.isBeingAnswered = true
            if response.headerFields[.connection] == "close" { exchange.isLast = true }
            if exchange.isOld {
                head.version = .http1_0
                // Without chunks and without a length only the close of the connection can end an answer.
                if !head.headers.contains(name: "Content-Length") { exchange.isLast = true }
                if !exchange.isLast { head.headers.replaceOrAdd(name: "Connection", value: "keep-alive") }
            }
            if exchange.isLast { head.headers.replaceOrAdd(name: "Connection", value: "close") }
            exchange.isChunked =
                !exchange.isOld && head.status.mayHaveResponseBody && !head.headers.contains(name: "Content-Length")
            open[offset: 0] = exchange
        }
        context.write(wrapOutboundOut(.head(head)), promise: promise)
    }

    /// Sends a part of the body of the answer that is under way, from a stream on this event loop: it need not pass
    /// the handlers in between, who have nothing to say to it.
    func send(_ bytes: ByteBuffer) {
        guard let context else { return }
        write(bytes, context, nil)
        encoded?.flush()
    }

    /// The encoder would make three buffers of a chunk, each with its own way down the pipeline.
    private func write(_ bytes: ByteBuffer, _ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?) {
        let count = bytes.readableBytes
        guard let encoded, open.first?.isChunked == true, (1...Self.framedBytes).contains(count) else {
            return context.write(wrapOutboundOut(.body(.byteBuffer(bytes))), promise: promise)
        }
        var chunk = context.channel.allocator.buffer(capacity: count + 8)
        chunk.writeString(String(count, radix: 16))
        chunk.writeStaticString("\r\n")
        chunk.writeImmutableBuffer(bytes)
        chunk.writeStaticString("\r\n")
        encoded.write(HTTPResponseEncoder.wrapOutboundOut(.byteBuffer(chunk)), promise: promise)
    }

    // The end

    /// Nothing more is said. What still comes is read and dropped for a while: to close on bytes that nobody has read
    /// is a reset, which can cost the client its answer.
    private func leave(_ context: ChannelHandlerContext) {
        guard farewell == nil else { return }
        isDeaf = true
        context.flush()
        context.close(mode: .output, promise: nil)
        guard context.channel.isActive else { return }
        let seconds = isReading ? limits.bodySeconds : limits.lingerSeconds
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        farewell = context.eventLoop.scheduleTask(in: .seconds(Int64(seconds))) { bound.value.close(promise: nil) }
        context.read()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        if farewell != nil { context.read() }
    }
}
