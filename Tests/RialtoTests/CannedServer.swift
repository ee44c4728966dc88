import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A server that gives to each path the answer it was told, to a deletion that of `DELETE PATH` or else of `DELETE`,
/// and 404 to all else.
final class CannedServer: Sendable {
    struct Answer: Sendable {
        var status = 200
        var contentType = "application/json"
        var body: String
    }

    let port: Int
    private let channel: any Channel
    private let ledger = Ledger()

    /// Methods and paths, in the order they came.
    var asked: [String] { ledger.lines.withLock { $0 } }

    var url: String { "http://127.0.0.1:\(port)" }

    init(answers: [String: Answer]) async throws {
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { [ledger] channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Clerk(answers: answers, ledger: ledger))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = channel.localAddress?.port ?? 0
    }

    func close() async {
        try? await channel.close().get()
    }

    /// What was asked, over all connections.
    private final class Ledger: Sendable {
        let lines = Mutex<[String]>([])
    }

    private final class Clerk: ChannelInboundHandler, Sendable {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let answers: [String: Answer]
        private let ledger: Ledger
        private let path = Mutex("")

        init(answers: [String: Answer], ledger: Ledger) {
            self.answers = answers
            self.ledger = ledger
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head):
                ledger.lines.withLock { $0.append("\(head.method) \(head.uri)") }
                let deletion = answers["DELETE \(head.uri)"] == nil ? "DELETE" : "DELETE \(head.uri)"
                path.withLock { $0 = head.method == .DELETE ? deletion : head.uri }
            case .body: break
            case .end:
                let answer = answers[path.withLock { $0 }] ?? Answer(status: 404, body: "{}")
                let body = ByteBuffer(string: answer.body)
                var head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: answer.status))
                head.headers.add(name: "Content-Type", value: answer.contentType)
                head.headers.add(name: "Content-Length", value: "\(body.readableBytes)")
                context.write(wrapOutboundOut(.head(head)), promise: nil)
                context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            }
        }
    }
}
