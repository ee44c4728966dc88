import Foundation
import NIOCore
import NIOPosix
import Wire

/// A model's server on loopback that a test plays, byte by byte.
final class ScriptedServer: Sendable {
    let port: Int
    private let channel: any Channel
    private let exchanges: AsyncStream<Exchange>

    /// - Parameters:
    ///   - greeting: what it says to every connection before it was asked anything.
    ///   - script: answers every request by itself; without one the test takes each from `next()`.
    init(greeting: String? = nil, _ script: (@Sendable (Exchange) -> Void)? = nil) async throws {
        let (stream, continuation) = AsyncStream.makeStream(of: Exchange.self)
        exchanges = stream
        channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.backlog, value: 1_024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = RequestHandler(greeting: greeting) { exchange in
                        if let script { script(exchange) } else { continuation.yield(exchange) }
                    }
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = channel.localAddress?.port ?? 0
    }

    var address: String { "http://127.0.0.1:\(port)" }

    /// The next whole request.
    func next() async -> Exchange {
        for await exchange in exchanges { return exchange }
        preconditionFailure("the server is gone")
    }

    func stop() async throws {
        try await channel.close()
    }
}

/// One request, and the connection to answer it on.
struct Exchange: Sendable {
    let head: String
    let body: String
    /// How many requests this connection has carried, this one included.
    let number: Int
    fileprivate let channel: any Channel

    var line: String { String(head.prefix { $0 != "\r\n" }) }
    var json: JSON? { .read(body) }
    var connection: ObjectIdentifier { ObjectIdentifier(channel) }

    func header(_ name: String) -> String? {
        for line in head.split(separator: "\r\n").dropFirst() {
            let halves = line.split(separator: ":", maxSplits: 1)
            if halves[0].lowercased() == name.lowercased() { return halves[1].drop { $0 == " " }.description }
        }
        return nil
    }

    /// Sends bytes as they are.
    func send(_ text: String) {
        channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
    }

    /// Begins a stream of server-sent events.
    func openStream() {
        send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
    }

    /// Sends a part of the body as HTTP chunks of that many bytes.
    func stream(_ text: String, every size: Int = .max) {
        let bytes = Array(text.utf8)
        var buffer = ByteBuffer()
        for start in stride(from: 0, to: bytes.count, by: min(size, max(1, bytes.count))) {
            let part = bytes[start..<min(bytes.count, start + min(size, bytes.count))]
            buffer.writeString(String(part.count, radix: 16) + "\r\n")
            buffer.writeBytes(part)
            buffer.writeString("\r\n")
        }
        channel.writeAndFlush(buffer, promise: nil)
    }

    /// Sends a comment each time the interval has passed, until the connection closes.
    func keepAlive(every interval: TimeAmount) {
        let task = channel.eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { [self] _ in
            stream(": alive\n\n")
        }
        channel.closeFuture.whenComplete { _ in task.cancel() }
    }

    func endStream() {
        send("0\r\n\r\n")
    }

    /// A whole response.
    func answer(
        _ status: String, _ body: String, type: String = "application/json", headers: [String: String] = [:]
    ) {
        var text = "HTTP/1.1 \(status)\r\nContent-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n"
        for (name, value) in headers { text += "\(name): \(value)\r\n" }
        send(text + "\r\n" + body)
    }

    func answer(_ body: String, type: String = "application/json") {
        answer("200 OK", body, type: type)
    }

    /// A whole stream.
    func answer(events: String, every size: Int = .max) {
        openStream()
        stream(events, every: size)
        endStream()
    }

    func hangUp() {
        channel.close(promise: nil)
    }

    /// Comes back when the connection is closed, by whichever side.
    func closed() async throws {
        try await channel.closeFuture.get()
    }
}

/// Collects whole HTTP requests from one connection.
private final class RequestHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let greeting: String?
    private let each: @Sendable (Exchange) -> Void
    private var text = ""
    private var number = 0

    init(greeting: String?, each: @escaping @Sendable (Exchange) -> Void) {
        self.greeting = greeting
        self.each = each
    }

    func channelActive(context: ChannelHandlerContext) {
        guard let greeting else { return }
        context.channel.writeAndFlush(ByteBuffer(string: greeting), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        text += String(buffer: unwrapInboundIn(data))
        while let (head, body) = takeRequest() {
            number += 1
            each(Exchange(head: head, body: body, number: number, channel: context.channel))
        }
    }

    private func takeRequest() -> (String, String)? {
        guard let blank = text.range(of: "\r\n\r\n") else { return nil }
        let head = String(text[..<blank.lowerBound])
        let length = head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
        let count = length.flatMap { Int($0.split(separator: " ").last ?? "") } ?? 0
        let rest = Array(text[blank.upperBound...].utf8)
        guard rest.count >= count else { return nil }
        text = String(decoding: rest[count...], as: UTF8.self)
        return (head, String(decoding: rest[..<count], as: UTF8.self))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}

extension JSON {
    /// `nil` for what is no JSON, so that it equals nothing that is.
    static func read(_ text: String) -> JSON? {
        try? parse(text)
    }
}
