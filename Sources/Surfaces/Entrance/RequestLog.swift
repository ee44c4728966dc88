import Domain
import HTTPTypes
import Hummingbird
import Logging
import Metrics

/// Gives each request its id, its timing header and its line in the log.
struct RequestLog: RouterMiddleware {
    let world: World

    func handle(
        _ request: Request, context: DoorContext, next: (Request, DoorContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        let id = Self.id(given: request.headers[.requestID]) ?? world.newID().uuid
        context.notes.note { $0.requestID = id }
        var context = context
        context.logger[metadataKey: "request"] = .string(id)
        context.logger[metadataKey: "hb.request.id"] = nil
        var response = try await next(request, context)
        let took = start.duration(to: .now)
        response.headers[.requestID] = id
        context.notes.now.rate?.tell(&response)
        response.headers[.serverTiming] = Self.timing(context.notes.now.timings, total: took)
        note(request, response.status, took, context)
        return response
    }

    /// A caller's own id is kept if it can stand in a header and a log.
    private static func id(given text: String?) -> String? {
        guard let text, (1...128).contains(text.utf8.count),
            text.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") })
        else { return nil }
        return text
    }

    private static func timing(_ steps: [(name: String, milliseconds: Double)], total: Duration) -> String {
        let all = steps + [("total", total.inMilliseconds)]
        return all.map { "\($0.name);dur=\($0.milliseconds.inHundredths)" }.joined(separator: ", ")
    }

    private func note(_ request: Request, _ status: HTTPResponse.Status, _ took: Duration, _ context: DoorContext) {
        let door = context.endpointPath ?? "none"
        Counter(
            label: "rialto_http_requests_total",
            dimensions: [
                ("method", request.method.rawValue), ("path", door), ("status", "\(status.code)"),
            ]
        ).increment()
        let words = context.notes.now
        var metadata: Logger.Metadata = [
            "method": "\(request.method.rawValue)", "path": "\(request.uri.path)", "status": "\(status.code)",
            "milliseconds": "\(took.inMilliseconds.inHundredths)",
        ]
        metadata["run"] = words.run.map { "\($0)" }
        metadata["conversation"] = words.conversation.map { "\($0)" }
        metadata["principal"] = words.principal.map { "\($0)" }
        context.logger.info("Answered", metadata: metadata)
    }
}

extension Double {
    /// `1.50`: not negative, and of the size of a time.
    fileprivate var inHundredths: String {
        let hundredths = Int((self * 100).rounded())
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
    }
}

extension Duration {
    var inMilliseconds: Double { Double(components.seconds) * 1e3 + Double(components.attoseconds) / 1e15 }
}
