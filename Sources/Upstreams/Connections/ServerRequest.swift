import Foundation
import NIOCore
import NIOHTTP1

/// A request for a server, ready to be written.
struct ServerRequest: Sendable {
    let address: ServerAddress
    let head: HTTPRequestHead
    let body: ByteBuffer?

    init(_ method: HTTPMethod, _ door: ServerDoor, headers: HTTPHeaders, body: ByteBuffer? = nil) {
        address = door.address
        var all: HTTPHeaders = ["Host": door.address.authority, "User-Agent": "rialto"]
        all.add(contentsOf: headers)
        if let body { all.add(name: "Content-Length", value: String(body.readableBytes)) }
        head = HTTPRequestHead(version: .http1_1, method: method, uri: door.path, headers: all)
        self.body = body
    }
}

/// A path at a server.
struct ServerDoor: Sendable {
    let address: ServerAddress
    /// With its query, percent-encoded.
    let path: String

    /// - Returns: `nil` for what is not an http or https address.
    init?(_ text: String) {
        guard let url = URL(string: text), let address = ServerAddress(url),
            let parts = URLComponents(url: url, resolvingAgainstBaseURL: true)
        else { return nil }
        self.address = address
        let path = parts.percentEncodedPath.isEmpty ? "/" : parts.percentEncodedPath
        self.path = path + (parts.percentEncodedQuery.map { "?\($0)" } ?? "")
    }
}
