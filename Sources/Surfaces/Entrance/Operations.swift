package import Domain
import HTTPTypes
import Hummingbird
import NIOCore

/// The operator's doors: alive, ready, measured.
package struct Operations: Sendable {
    private let store: any Store
    private let runs: Runs
    private let openStreams: OpenStreams
    private let metrics: MetricsBook
    private let probe: StoreProbe

    package init(store: any Store, runs: Runs, openStreams: OpenStreams, metrics: MetricsBook) {
        self.store = store
        self.runs = runs
        self.openStreams = openStreams
        self.metrics = metrics
        probe = StoreProbe(store)
    }

    func open(_ doors: Doors) {
        doors.on(.get, ["/healthz"]) { _, _ in Self.answer(.ok, "ok") }
        doors.on(.get, ["/readyz"]) { _, _ in await self.readiness() }
        doors.on(.get, ["/metrics"]) { _, _ in await self.measurements() }
    }

    private static func answer(_ status: HTTPResponse.Status, _ word: String) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(string: "{\"status\":\"\(word)\"}")))
    }

    /// Ready while questions can be answered: the store is read and written, and the server takes new runs.
    private func readiness() async -> Response {
        guard !runs.isDraining else { return Self.answer(.serviceUnavailable, "stopping") }
        guard runs.holdsLease else { return Self.answer(.serviceUnavailable, "store unavailable") }
        guard (try? await store.read { try $0.revision() }) != nil else {
            return Self.answer(.serviceUnavailable, "store unavailable")
        }
        guard await probe.takesWrites() else { return Self.answer(.serviceUnavailable, "store cannot be written") }
        return Self.answer(.ok, "ready")
    }

    private func measurements() async -> Response {
        var text = metrics.render()
        if let (waiting, unsent) = try? await store.read({ (try $0.queueLength(), try $0.unsentCallbacks()) }) {
            MetricsBook.write(&text, "rialto_queue_waiting", "gauge", [([], Double(waiting))])
            MetricsBook.write(&text, "rialto_callbacks_unsent", "gauge", [([], Double(unsent))])
        }
        MetricsBook.write(&text, "rialto_store_statements_total", "counter", [([], Double(store.statementCount))])
        MetricsBook.write(&text, "rialto_runs_live", "gauge", [([], Double(runs.liveCount))])
        MetricsBook.write(&text, "rialto_streams_open", "gauge", [([], Double(openStreams.now))])
        let counts = runs.counts
        let ends = counts.ends.map { ([("status", $0.key.rawValue)], Double($0.value)) }
        MetricsBook.write(&text, "rialto_runs_total", "counter", ends.sorted { $0.0[0].1 < $1.0[0].1 })
        let ways = [("estimated", counts.estimated), ("reported", counts.reported)]
        let tokens = ways.flatMap { way, tokens in
            [("input", tokens.input), ("output", tokens.output)].map { direction, number in
                ([("counted", way), ("direction", direction)], Double(number))
            }
        }
        MetricsBook.write(&text, "rialto_tokens_total", "counter", tokens)
        return Response(
            status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}
