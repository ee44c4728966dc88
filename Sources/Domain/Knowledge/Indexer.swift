package import Logging

/// Splits documents and makes their passages findable.
///
/// A document is taken for a time, and given up with its server; whoever takes it next goes on behind what is durable.
package final class Indexer: Sendable {
    /// How often it looks for what others have brought in.
    private static let interval = Duration.seconds(1)
    /// A document is kept from others for so long, and for as long again with every batch.
    private static let keepSeconds = 60
    /// After which it is tried again when what it needs is not there.
    private static let retrySeconds = 10
    /// Passages that go in one transaction: little enough that others who want to write hardly notice.
    private static let batch = 50

    private let store: any Store
    private let world: World
    private let reader: any DocumentReader
    private let embedder: (any Embedder)?
    private let bell: Bell
    private let logger: Logger

    package init(
        store: any Store, world: World, reader: any DocumentReader, embedder: (any Embedder)?, bell: Bell,
        logger: Logger
    ) {
        self.store = store
        self.world = world
        self.reader = reader
        self.embedder = embedder
        self.bell = bell
        self.logger = logger
    }

    /// Somebody has removed the document, or wants something else of it.
    private struct Superseded: Error {}

    /// Works until canceled.
    package func work() async {
        while !Task.isCancelled {
            do {
                while try await workOnce() {}
            } catch {
                logger.warning("Documents could not be looked at", metadata: ["cause": "\(error)"])
            }
            await bell.wait(atMost: Self.interval)
        }
    }

    /// Brings one document as far as it is to come.
    /// - Returns: whether there was any.
    package func workOnce() async throws -> Bool {
        let now = world.now()
        let until = now.adding(seconds: Self.keepSeconds)
        guard !Task.isCancelled,
            let document = try await store.write({ try $0.takeDocument(at: now, until: until) })
        else { return false }
        do {
            let split = document.task == .split ? try await split(document) : document
            if split.task == .index { try await index(split) }
        } catch is Superseded {
        } catch is CancellationError {
            let moment = world.now()
            _ = try? await store.write { try $0.keepDocument(id: document.id, until: moment) }
        } catch let refusal as Refusal {
            try await fail(document, refusal)
        }
        return true
    }

    private func split(_ document: Document) async throws -> Document {
        let bytes = try await store.read { try $0.bytes(of: document.id) }
        guard bytes.count == document.bytes else { throw Refusal(.gone, "The file is no longer kept.") }
        let cuttings = try await reader.cuttings(
            of: bytes, named: document.name, mediaType: document.mediaType, by: document.splitting)
        let batch = Self.batch
        var isMore = true
        while isMore {
            isMore = try await step(document) { try $0.removePassages(of: $1.id, limit: batch) >= batch }
        }
        for start in stride(from: 0, to: cuttings.count, by: batch) {
            let passages = cuttings[start..<min(start + batch, cuttings.count)].enumerated().map { place, cutting in
                Passage(source: document.source, document: document.id, place: start + place, cutting: cutting)
            }
            try await step(document) { rows, _ in try rows.insert(passages) }
        }
        let now = world.now()
        return try await step(document) { rows, document in
            document.status = .splitted
            document.task = document.isIndexedOnceSplit ? .index : .nothing
            document.passages = cuttings.count
            document.indexed = 0
            document.updatedAt = now
            try rows.update(document)
            return document
        }
    }

    private func index(_ document: Document) async throws {
        var document = document
        while document.task == .index {
            let (id, place) = (document.id, document.indexed)
            let passages = try await store.read { try $0.passages(of: id, from: place, limit: Self.batch) }
            let terms = passages.map { (number: $0.number, terms: Terms.terms(of: $0.searched)) }
            let vectors = try await vectors(of: passages)
            let (now, model) = (world.now(), embedder?.model ?? "")
            document = try await step(document) { rows, document in
                // One that was removed alone leaves its place empty.
                try rows.index(terms, of: document.source)
                if !vectors.isEmpty { try rows.insert(vectors, by: model, of: document.source) }
                document.indexed = passages.last.map { $0.place + 1 } ?? document.passages
                if passages.count < Self.batch {
                    document.indexed = document.passages
                    document.status = .indexed
                    document.task = .nothing
                    document.failure = nil
                }
                document.updatedAt = now
                try rows.update(document)
                return document
            }
        }
    }

    private func vectors(of passages: [Passage]) async throws -> [(passage: Int64, bytes: [UInt8])] {
        guard let embedder, !passages.isEmpty else { return [] }
        let vectors = try await embedder.vectors(of: passages.map(\.searched))
        guard vectors.count == passages.count else {
            throw Refusal(.unavailable, "The embedding model did not answer for every passage.")
        }
        return zip(passages, vectors).map { ($0.number, $1.withUnsafeBytes(Array.init)) }
    }

    /// A piece of work on a document, in a transaction, as long as nobody wants something else of it.
    @discardableResult
    private func step<Answer: Sendable>(
        _ known: Document, _ work: @escaping @Sendable (any Transaction, inout Document) throws -> Answer
    ) async throws -> Answer {
        try Task.checkCancellation()
        let until = world.now().adding(seconds: Self.keepSeconds)
        return try await store.write { rows in
            guard var document = try rows.document(id: known.id), document.task == known.task,
                document.splitting == known.splitting
            else { throw Superseded() }
            let answer = try work(rows, &document)
            try rows.keepDocument(id: document.id, until: until)
            return answer
        }
    }

    private func fail(_ document: Document, _ refusal: Refusal) async throws {
        let isLasting = refusal.reason != .unavailable
        let now = world.now()
        let again = now.adding(seconds: Self.retrySeconds)
        logger.warning(
            "A document could not be indexed",
            metadata: ["document": "\(document.id)", "cause": "\(refusal.message)", "again": "\(!isLasting)"])
        try await store.write { rows in
            guard var known = try rows.document(id: document.id), known.task != .nothing else { return }
            known.failure = refusal.message
            if isLasting {
                known.status = .failed
                known.task = .nothing
            }
            known.updatedAt = now
            try rows.update(known)
            if !isLasting { try rows.keepDocument(id: known.id, until: again) }
        }
    }
}
