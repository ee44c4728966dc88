import Domain
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Wire

/// What a client says at a token endpoint, however it says it.
struct TokenRequest {
    var clientID: String
    var secret: String
    /// A second reading of Basic credentials: some clients send them raw, others percent-encoded.
    var rawBasic: (clientID: String, secret: String)?
    var grantType: String?
    var scope: String?
    var usedBasic: Bool

    static let bodyBytes = 16 * 1024

    static func parse(_ request: Request) async throws -> TokenRequest {
        let fields = try await fields(of: request)
        var seen: [String: String] = [:]
        for (name, value) in fields where !value.isEmpty {
            guard seen.updateValue(value, forKey: name) == nil else {
                throw TokenFault(
                    error: "invalid_request", description: "The parameter \(TokenFault.ascii(name)) is repeated.")
            }
        }
        var asked = TokenRequest(
            clientID: seen["client_id"] ?? "", secret: seen["client_secret"] ?? "", grantType: seen["grant_type"],
            scope: seen["scope"], usedBasic: false)
        if let header = request.headers[.authorization] { try asked.read(basic: header) }
        guard !asked.clientID.isEmpty, !asked.secret.isEmpty else {
            throw TokenFault(
                error: asked.clientID.isEmpty ? "invalid_request" : "invalid_client",
                description: "client_id and client_secret are needed.",
                status: asked.clientID.isEmpty ? .badRequest : .unauthorized, usedBasic: asked.usedBasic)
        }
        return asked
    }

    private mutating func read(basic header: String) throws {
        guard secret.isEmpty else {
            throw TokenFault(error: "invalid_request", description: "The client authenticates in more than one way.")
        }
        usedBasic = true
        let refused = TokenFault(
            error: "invalid_client", description: "The Authorization header is not Basic credentials.",
            status: .unauthorized, usedBasic: true)
        guard header.prefix(6).lowercased() == "basic ",
            let data = Data(base64Encoded: String(header.dropFirst(6)).trimmingCharacters(in: .whitespaces)),
            let text = String(bytes: data, encoding: .utf8), let colon = text.firstIndex(of: ":")
        else { throw refused }
        let raw = (String(text[..<colon]), String(text[text.index(after: colon)...]))
        let decoded = (FormFields.decode(raw.0) ?? raw.0, FormFields.decode(raw.1) ?? raw.1)
        guard clientID.isEmpty || clientID == raw.0 || clientID == decoded.0 else {
            throw TokenFault(error: "invalid_request", description: "client_id differs from the Authorization header.")
        }
        (clientID, secret) = decoded
        rawBasic = raw == decoded ? nil : raw
    }

    /// JSON or form, by the content type or else by the first byte.
    private static func fields(of request: Request) async throws -> [(name: String, value: String)] {
        try ContentCoding.check(request)
        let buffer: ByteBuffer
        do {
            buffer = try await request.body.collect(upTo: bodyBytes)
        } catch is NIOTooManyBytesError {
            throw TokenFault(error: "invalid_request", description: "The body is too large.", status: .contentTooLarge)
        } catch {
            throw Body.broken(error)
        }
        let type = request.headers[.contentType]?.lowercased() ?? ""
        let looksLikeJSON = buffer.readableBytesView.first { $0 > 32 } == UInt8(ascii: "{")
        if type.hasPrefix("application/json") || (looksLikeJSON && !type.hasPrefix("multipart/")) {
            return try jsonFields(buffer)
        }
        guard let text = String(validating: buffer.readableBytesView, as: UTF8.self), let form = FormFields(text)
        else {
            throw TokenFault(error: "invalid_request", description: "The body is not a form.")
        }
        return form.pairs
    }

    private static func jsonFields(_ buffer: ByteBuffer) throws -> [(name: String, value: String)] {
        guard let members = try? JSON.parseMembers(buffer) else {
            throw TokenFault(error: "invalid_request", description: "The body is not a JSON object.")
        }
        return try members.filter { !$0.value.isNull }.map { member in
            guard let text = member.value.string else {
                throw TokenFault(
                    error: "invalid_request", description: "\(TokenFault.ascii(member.key)) must be a string.")
            }
            return (member.key, text)
        }
    }
}
