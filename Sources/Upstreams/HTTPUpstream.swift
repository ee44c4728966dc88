import AsyncHTTPClient
import Domain
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import Synchronization

/// A model's server, asked over HTTP/1.1.
final class HTTPUpstream: Upstream {
    let settings: UpstreamSettings
    let format: any AskingFormat
    let key: Result<UpstreamKey?, UpstreamFault>
    let clients: ClientShelf
    let seats: Seats
    let logger: Logger
    private let learned = Atomic<UInt8>(0)

    init(
        settings: UpstreamSettings, format: any AskingFormat, environment: [String: String], clients: ClientShelf,
        logger: Logger
    ) {
        self.settings = settings
        self.format = format
        key = Result { () throws(UpstreamFault) in try UpstreamKey.read(settings, environment) }
        self.clients = clients
        seats = Seats(limit: settings.connections)
        self.logger = logger
    }

    func ask(_ prompt: Prompt, near place: (any Sendable)?, into answer: any Answer) -> any Asking {
        let asking = HTTPAsking(of: self, prompt, on: clients.loop(near: place), into: answer)
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

    func request(_ prompt: Prompt, quirks: Quirks) throws(UpstreamFault) -> HTTPClient.Request {
        var headers = format.headers(try key.get())
        headers.add(name: "Content-Type", value: "application/json")
        let accepted = settings.streams ? "text/event-stream, application/json" : "application/json"
        headers.add(name: "Accept", value: accepted)
        headers.add(name: "User-Agent", value: "rialto")
        let body = format.body(prompt, streams: settings.streams, quirks: quirks)
        let url = try url(format.questionURL)
        do {
            return try HTTPClient.Request(url: url, method: .POST, headers: headers, body: .byteBuffer(body))
        } catch {
            throw badURL
        }
    }

    /// The path is added before the query, if the operator's URL has one.
    func url(_ address: (String) -> String) throws(UpstreamFault) -> URL {
        var base = settings.url.prefix { $0 != "?" }
        let query = settings.url[base.endIndex...]
        while base.hasSuffix("/") { base = base.dropLast() }
        guard let url = URL(string: address(String(base)) + query),
            ["http", "https"].contains(url.scheme?.lowercased()),
            url.host?.isEmpty == false
        else { throw badURL }
        return url
    }

    private var badURL: UpstreamFault {
        UpstreamFault(settings.name, "cannot be asked: its URL is not an http or https address.")
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
