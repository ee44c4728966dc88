import AsyncHTTPClient
import Domain
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL
import Wire

/// One attempt at one address, with a client of its own: nothing is kept from one visit to the next.
struct Visit: Sendable {
    let request: OutboundRequest
    let target: TargetURL
    let seal: Seal
    let end: NIODeadline
    let connectTime: TimeAmount

    func run(group: any EventLoopGroup, certificateFile: String?) async throws -> OutboundAnswer {
        try agree()
        let client = HTTPClient(eventLoopGroup: group, configuration: configuration(certificateFile))
        // Not waited for: a server may be slow to say goodbye.
        defer { client.shutdown { _ in } }
        let response = try await client.execute(message(), deadline: end)
        let (body, isCut) = try await read(response.body)
        var answer = OutboundAnswer(
            status: Int(response.status.code), headers: headers(response.headers), body: body, isCut: isCut)
        answer.retryAfterSeconds = answer.headers["retry-after"]
            .flatMap { RetryAfter.seconds($0, now: Date()) }.map { Int(min($0, 1_000_000).rounded(.up)) }
        return answer
    }

    /// The address of a name is given to the client under the name. If it read another host out of the URL, it would
    /// look that one up by itself.
    private func agree() throws(OutboundFault) {
        guard let read = try? HTTPClient.Request(url: target.description), read.host == target.hostInURL,
            read.port == target.port
        else { throw OutboundFault(.invalid, "The URL can be read in more than one way.") }
    }

    private func configuration(_ certificateFile: String?) -> HTTPClient.Configuration {
        var trust = TLSConfiguration.makeClientConfiguration()
        if let certificateFile { trust.trustRoots = .file(certificateFile) }
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: trust, redirectConfiguration: .disallow, timeout: .init(connect: connectTime))
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.maximumUsesPerConnection = 1
        configuration.tracing.tracer = nil
        configuration.http1_1ConnectionDebugInitializer = { [seal] in seal.admit($0) }
        // An IPv6 address in brackets would be taken for the name that a certificate must have.
        if target.literal == nil { configuration.dnsOverride = [target.host: seal.address.description] }
        return configuration
    }

    private func message() -> HTTPClientRequest {
        var message = HTTPClientRequest(url: target.description)
        message.method = HTTPMethod(rawValue: request.method)
        for (name, value) in request.headers where !RequestRules.isClients(name) {
            message.headers.add(name: name, value: value)
        }
        message.headers.add(name: "host", value: target.authority)
        message.headers.add(name: "connection", value: "close")
        if !request.body.isEmpty { message.body = .bytes(ByteBuffer(bytes: request.body)) }
        return message
    }

    private func headers(_ fields: HTTPHeaders) -> [String: String] {
        Dictionary(fields.map { ($0.name.lowercased(), $0.value) }) { first, _ in first }
    }

    private func read(_ parts: HTTPClientResponse.Body) async throws -> (body: [UInt8], isCut: Bool) {
        var body: [UInt8] = []
        for try await part in parts {
            let room = max(0, request.answerBytes) - body.count
            body += part.readableBytesView.prefix(room)
            if part.readableBytes > room { return (body, true) }
        }
        return (body, false)
    }
}
