import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Wire

/// Somebody who asks a server over HTTP, with little patience.
struct Caller: Sendable {
    /// What came back, whole.
    struct Answer: Sendable {
        let status: Int
        let contentType: String
        let requestID: String?
        let body: ByteBuffer

        var text: String { String(buffer: body) }
        var json: JSON? { try? JSON.parse(body) }
    }

    private static let timeout = TimeAmount.seconds(30)
    private static let mostBytes = 8 << 20

    let url: String
    private let client: HTTPClient

    /// - Parameter trustsAnyCertificate: for this machine's own server, whose certificate bears its public name.
    init(_ url: String, trustsAnyCertificate: Bool) {
        self.url = url
        var configuration = HTTPClient.Configuration()
        configuration.timeout.connect = .seconds(5)
        configuration.redirectConfiguration = .disallow
        if trustsAnyCertificate {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.certificateVerification = .none
            configuration.tlsConfiguration = tls
        }
        client = HTTPClient(
            eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup.singleton), configuration: configuration)
    }

    /// - Parameter proof: the header that says who asks.
    func get(_ path: String, proof: Proof? = nil) async throws -> Answer {
        var request = HTTPClientRequest(url: url + path)
        if let proof { request.headers.add(name: proof.name, value: proof.value) }
        return try await ask(request)
    }

    func post(
        _ path: String, _ body: String, type: String = "application/json", proof: Proof? = nil
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: url + path)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: type)
        if let proof { request.headers.add(name: proof.name, value: proof.value) }
        request.body = .bytes(ByteBuffer(string: body))
        return try await ask(request)
    }

    func delete(_ path: String, proof: Proof) async throws -> Answer {
        var request = HTTPClientRequest(url: url + path)
        request.method = .DELETE
        request.headers.add(name: proof.name, value: proof.value)
        return try await ask(request)
    }

    /// What a caller shows to be let in.
    struct Proof {
        let name: String
        let value: String

        static func token(_ token: String) -> Self { Self(name: "Authorization", value: "Bearer \(token)") }
        static func key(_ key: String) -> Self { Self(name: "X-API-KEY", value: key) }
    }

    private func ask(_ request: HTTPClientRequest) async throws -> Answer {
        let response = try await client.execute(request, timeout: Self.timeout)
        return Answer(
            status: Int(response.status.code), contentType: response.headers.first(name: "Content-Type") ?? "",
            requestID: response.headers.first(name: "X-Request-Id"),
            body: try await response.body.collect(upTo: Self.mostBytes))
    }

    func close() async {
        try? await client.shutdown()
    }
}
