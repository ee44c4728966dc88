import Domain
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import NIOSSL
import Synchronization
import Wire

/// A model's server, asked over HTTP/1.1.
final class HTTPUpstream: Upstream {
    let settings: UpstreamSettings
    let format: any AskingFormat
    let key: Result<UpstreamKey?, UpstreamFault>
    let connections: ConnectionPool
    let seats: Seats
    let logger: Logger
    /// Where questions go.
    private let door: Result<ServerDoor, UpstreamFault>
    /// What TLS is spoken with, where it is.
    let security: NIOSSLContext?
    private let learned = Atomic<UInt8>(0)

    init(
        settings: UpstreamSettings, format: any AskingFormat, environment: [String: String],
        connections: ConnectionPool, logger: Logger
    ) {
        self.settings = settings
        self.format = format
        key = Result { () throws(UpstreamFault) in try UpstreamKey.read(settings, environment) }
        self.connections = connections
        let door = Result { () throws(UpstreamFault) in try Self.door(settings, format.questionURL) }
        (self.door, security) = Self.secured(door, settings, environment)
        seats = Seats(limit: settings.connections)
        self.logger = logger
    }

    func ask(_ prompt: Prompt, near place: (any Sendable)?, into answer: any Answer) -> any Asking {
        let asking = HTTPAsking(of: self, prompt, over: connections.shelf(near: place), into: answer)
        asking.begin()
        return asking
    }

    var quirks: Quirks {
        Quirks(rawValue: learned.load(ordering: .relaxed))
    }

    /// - Returns: whether that was news.
    func learn(_ lesson: Quirks) -> Bool {
        let (old, new) = learned.bitwiseOr(lesson.rawValue, ordering: .relaxed)
        return old != new
    }

    func request(_ prompt: Prompt, quirks: Quirks) throws(UpstreamFault) -> ServerRequest {
        if prompt.passthrough?.door == .embeddings {
            var body = prompt.passed ?? [:]
            body["model"] = .string(prompt.model)
            return try embeddingRequest(.object(body))
        }
        if let strange = prompt.passed.map(format.strange)?.first {
            throw UpstreamFault(settings.name, "cannot be asked with “\(strange)”.", reason: .unsupported)
        }
        var headers = format.headers(try key.get())
        headers.add(name: "Content-Type", value: "application/json")
        let accepted = settings.streams ? "text/event-stream, application/json" : "application/json"
        headers.add(name: "Accept", value: accepted)
        let body = format.body(prompt, streams: settings.streams, quirks: quirks)
        return ServerRequest(.POST, try door.get(), headers: headers, body: body)
    }

    func listRequest() throws(UpstreamFault) -> ServerRequest {
        _ = try door.get()
        var headers = format.headers(try key.get())
        headers.add(name: "Accept", value: "application/json")
        return ServerRequest(.GET, try Self.door(settings, format.modelsURL), headers: headers)
    }

    /// The path is added before the query, if the operator's URL has one.
    static func door(
        _ settings: UpstreamSettings, _ address: (String) -> String
    ) throws(UpstreamFault) -> ServerDoor {
        var base = settings.url.prefix { $0 != "?" }
        let query = settings.url[base.endIndex...]
        while base.hasSuffix("/") { base = base.dropLast() }
        guard let door = ServerDoor(address(String(base)) + query) else {
            throw UpstreamFault(settings.name, "cannot be asked: its URL is not an http or https address.")
        }
        return door
    }

    /// Without what TLS needs nothing can be asked of a server that speaks it.
    private static func secured(
        _ door: Result<ServerDoor, UpstreamFault>, _ settings: UpstreamSettings, _ environment: [String: String]
    ) -> (Result<ServerDoor, UpstreamFault>, NIOSSLContext?) {
        guard case .success(let open) = door, open.address.isSecure else { return (door, nil) }
        guard let security = try? Trust.context(environment) else {
            let words =
                Trust.isOwn(environment)
                ? "SSL_CERT_FILE names no file with certificates."
                : "the system knows no authorities (Debian: ca-certificates)."
            return (.failure(UpstreamFault(settings.name, "cannot be asked: \(words)")), nil)
        }
        return (door, security)
    }

    /// The server's own words on one line, shortened, and with the key replaced should it stand there.
    func quoted(_ text: String) -> String {
        let shown = if case .success(let key?) = key { key.hidden(in: text) } else { text }
        let line = shown.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        let limit = AnswerLimits.messageLength
        return line.count <= limit ? line : line.prefix(limit - 1) + "…"
    }

    /// An error that stands in the answer itself.
    func fault(said message: String, type: String?, code: String?) -> UpstreamFault {
        let kinds = [type, code].compactMap { $0 }
        let isLasting = kinds.contains { Self.lasting.contains($0) }
        let isCallers = !isLasting && kinds.contains { Self.callers.contains($0) }
        let words = quoted(message)
        return UpstreamFault(
            settings.name, "answered with an error" + (words.isEmpty ? "." : ": \(words)"),
            reason: isCallers ? .invalid : .unavailable, isTransient: !isCallers && !isLasting)
    }

    /// Errors that asking again does not mend.
    private static let lasting: Set<String> = [
        "authentication_error", "permission_error", "not_found_error", "billing_error", "insufficient_quota",
        "invalid_api_key", "request_too_large", "content_filter", "401", "402", "403", "404",
    ]

    private static let callers: Set<String> = ["invalid_request_error", "context_length_exceeded", "400"]
}
