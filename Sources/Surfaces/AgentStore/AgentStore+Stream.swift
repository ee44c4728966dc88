import Domain
import HTTPTypes
import Hummingbird
import NIOCore

/// Books are told as a stream of lines: they may be long.
extension AgentStore {
    /// Lines are written together up to here.
    private static let chunkBytes = 64 * 1024

    func export(_ request: Request, _ context: DoorContext) async throws -> Response {
        let account = try await owner(of: request, context).account
        let shop = front.shop
        var response = Response(
            status: .ok, headers: [.contentType: "application/jsonl"],
            body: ResponseBody { writer in
                var buffer = ByteBuffer()
                try await shop.export(account: account) { line in
                    buffer.writeString(try line.render())
                    buffer.writeInteger(UInt8(ascii: "\n"))
                    guard buffer.readableBytes >= Self.chunkBytes else { return }
                    try await writer.write(buffer)
                    buffer.clear()
                }
                if buffer.readableBytes > 0 { try await writer.write(buffer) }
                try await writer.finish(nil)
            })
        response.forbidStoring()
        return response
    }
}
