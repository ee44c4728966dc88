import Domain
import NIOCore
import NIOHTTP1
import Wire

extension HTTPUpstream {
    /// A request for embeddings, which servers of the kind openai may have at `/embeddings`.
    func embeddingRequest(_ body: JSON) throws(UpstreamFault) -> ServerRequest {
        guard format.hasEmbeddings else {
            throw UpstreamFault(settings.name, "has no embeddings.", reason: .unsupported)
        }
        var headers = format.headers(try key.get())
        headers.add(name: "Content-Type", value: "application/json")
        headers.add(name: "Accept", value: "application/json")
        var buffer = ByteBuffer()
        body.render(into: &buffer)
        return ServerRequest(.POST, try Self.door(settings) { $0 + "/embeddings" }, headers: headers, body: buffer)
    }
}
