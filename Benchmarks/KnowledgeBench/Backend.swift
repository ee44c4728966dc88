import Domain
import Foundation
import PostgresStore
import SQLiteStore

/// A store that is measured, with the domain's services that stand on it.
struct Backend: Sendable {
    /// The operator of the only account there is.
    static let viewer = Knowledge.Viewer(account: ID(high: 1, low: 1), principal: nil)

    let name: String
    let store: any Store
    let knowledge: Knowledge
    let faults: FaultLog

    /// - Parameter place: a file, or the address of a database.
    init(_ place: String) async throws {
        let faults = FaultLog()
        let told: @Sendable (String) -> Void = { faults.note("The store failed: \($0)") }
        if place.hasPrefix("postgres") {
            name = "PostgreSQL"
            store = try await PostgresStore(url: place, onFault: told)
        } else {
            name = "SQLite"
            store = try SQLiteStore(path: place, onFault: told)
        }
        let limits = Limits()
        knowledge = Knowledge(
            store: store, world: .bench, limits: limits, files: Files(store: store, world: .bench, limits: limits))
        self.faults = faults
    }

    /// A file with these passages comes in.
    /// - Returns: its document, of which nothing has been done yet.
    func take(
        _ bytes: [UInt8], named name: String, into slug: String, indexes: Bool
    ) async throws -> Document {
        let upload = try await knowledge.upload(named: name, mediaType: "text/plain", for: Self.viewer)
        try await upload.append(bytes)
        return try await knowledge.take(upload, into: slug, indexes: indexes, for: Self.viewer).document
    }

    /// Does all there is to do, as a server would.
    func work(_ embedder: any Embedder) async throws {
        let indexer = Indexer(
            store: store, world: .bench, reader: PassageLines(), embedder: embedder, bell: knowledge.bell,
            logger: faults.logger)
        while try await indexer.workOnce() {}
        try faults.mustBeNone()
    }

    /// - Throws: unless every document has come as far as that.
    func mustBe(_ status: Document.Status, _ slug: String) async throws {
        for document in try await knowledge.documents(of: slug, for: Self.viewer) where document.status != status {
            throw Trouble("\(name): \(document.name) is \(document.status): \(document.failure ?? "unfinished")")
        }
    }

    func library(_ embedder: any Embedder) -> Library {
        Library(store: store, embedder: embedder, vectorBytes: Limits().vectorBytes, logger: faults.logger)
    }
}

extension World {
    /// The system's clock, randomness and timer.
    static let bench = World(
        now: { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) },
        uptime: { Int64(DispatchTime.now().uptimeNanoseconds) },
        random: { count in
            var generator = SystemRandomNumberGenerator()
            return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
        },
        sleep: { try await Task.sleep(for: $0) })
}
