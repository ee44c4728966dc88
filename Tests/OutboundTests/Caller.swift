import Foundation
import NIOCore

/// One request, and the connection to answer it on.
struct Caller: Sendable {
    /// Request line and headers.
    let head: String
    let body: String
    /// The name that was asked for before there was any request.
    let serverName: String?
    fileprivate let channel: any Channel

    var line: String { String(head.prefix { $0 != "\r\n" }) }

    func header(_ name: String) -> String? {
        for line in head.split(separator: "\r\n").dropFirst() {
            let halves = line.split(separator: ":", maxSplits: 1)
            if halves[0].lowercased() == name { return halves[1].drop { $0 == " " }.description }
        }
        return nil
    }

    func say(_ text: String) {
        channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
    }

    func answer(_ body: String = "", status: String = "200 OK", headers: String = "") {
        say("HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\(headers)\r\n\(body)")
    }

    /// Says the same again as long as somebody listens.
    func sayWithoutEnd(_ text: String) {
        channel.writeAndFlush(ByteBuffer(string: text)).whenSuccess { sayWithoutEnd(text) }
    }

    func hangUp() {
        channel.close(promise: nil)
    }

    /// Comes back when the connection is closed, by whichever side.
    func closed() async throws {
        try await channel.closeFuture.get()
    }
}

/// Collects whole requests from a connection.
final class CallerHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let serverName: String?
    private let each: @Sendable (Caller) -> Void
    private var text = ""

    init(_ serverName: String?, _ each: @escaping @Sendable (Caller) -> Void) {
        self.serverName = serverName
        self.each = each
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        text += String(buffer: unwrapInboundIn(data))
        guard let blank = text.range(of: "\r\n\r\n") else { return }
        let head = String(text[..<blank.lowerBound])
        let length = head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
        let count = length.flatMap { Int($0.split(separator: " ").last ?? "") } ?? 0
        let body = String(text[blank.upperBound...])
        guard body.utf8.count >= count else { return }
        text = ""
        each(Caller(head: head, body: body, serverName: serverName, channel: context.channel))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
