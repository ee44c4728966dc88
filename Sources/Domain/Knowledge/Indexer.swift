package import Logging

/// Splits documents and makes their passages findable.
///
/// A document is taken for a time, and given up with its server; whoever takes it next goes on behind what is durable.
package final class Indexer: Sendable {
    /// How often it looks for what others have brought in.
    private static let interval = Duration.seconds(1)
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

    /// A document is kept from others for so long, and for as long again with every batch: longer than a batch takes,
    /// for which a model may be asked twice.
    private var keepSeconds: Int { embedder == nil ? 60 : 180 }

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
        let until = now.adding(seconds: keepSeconds)
        guard !Task.isCancelled,
            let document = try await store.write({ try $0.takeDocument(at: now, until: until) })
        else { return false }
        var held = document
        do {
            if held.task == .split { try await split(&held) }
            if held.task == .index { try await index(&held) }
        } catch is Superseded {
        } catch is CancellationError {
        } catch {
            try await fail(held, error)
        }
        try await letGo(of: held)
        return true
    }

    /// Unless somebody else has it by now.
    private func letGo(of held: Document) async throws {
        let now = world.now()
        try await store.write { rows in
            guard let document = try rows.document(id: held.id), document.takenUntil == held.takenUntil else { return }
            try rows.keepDocument(id: held.id, until: now)
        }
    }

    private func split(_ document: inout Document) async throws {
        let id = document.id
        let bytes = try await store.read { try $0.bytes(of: id) }
        guard bytes.count == document.bytes else { throw Refusal(.gone, "The file is no longer kept.") }
        let cuttings = try await reader.cuttings(
            of: bytes, named: document.name, mediaType: document.mediaType, by: document.splitting)
        let batch = Self.batch
        var isMore = true
        while isMore {
            isMore = try await step(&document) { try $0.removePassages(of: $1.id, limit: batch) >= batch }
        }
        for start in stride(from: 0, to: cuttings.count, by: batch) {
            let source = document.source
            let passages = cuttings[start..<min(start + batch, cuttings.count)].enumerated().map { place, cutting in
                Passage(source: source, document: id, place: start + place, cutting: cutting)
            }
            try await step(&document) { rows, _ in try rows.insert(passages) }
        }
        let now = world.now()
        try await step(&document) { rows, document in
            document.status = .splitted
            document.task = document.isIndexedOnceSplit ? .index : .nothing
            document.passages = cuttings.count
            document.indexed = 0
            document.updatedAt = now
            try rows.update(document)
        }
    }

    private func index(_ document: inout Document) async throws {
        while document.task == .index {
            let (id, place) = (document.id, document.indexed)
            let passages = try await store.read { try $0.passages(of: id, from: place, limit: Self.batch) }
            let terms = passages.map { (number: $0.number, terms: Terms.terms(of: $0.searched)) }
            let vectors = try await vectors(of: passages)
            let (now, model) = (world.now(), embedder?.model ?? "")
            try await step(&document) { rows, document in
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

    /// A piece of work on a document, in a transaction, as long as nobody else has it or wants something else of it.
    @discardableResult
    private func step<Answer: Sendable>(
        _ held: inout Document, _ work: @escaping @Sendable (any Transaction, inout Document) throws -> Answer
    ) async throws -> Answer {
        try Task.checkCancellation()
        let (known, until) = (held, world.now().adding(seconds: keepSeconds))
        let (document, answer) = try await store.write { rows -> (Document, Answer) in
            guard var document = try rows.document(id: known.id), document.takenUntil == known.takenUntil,
                document.task == known.task, document.splitting == known.splitting
            else { throw Superseded() }
            let answer = try work(rows, &document)
            try rows.keepDocument(id: document.id, until: until)
            document.takenUntil = until
            return (document, answer)
        }
        held = document
        return answer
    }

    private func fail(_ held: Document, _ error: any Error) async throws {
        let refusal = error as? Refusal ?? Refusal(.unsupported, "The file cannot be read.")
        let isLasting = refusal.reason != .unavailable
        let now = world.now()
        logger.warning(
            "A document could not be indexed",
            metadata: ["document": "\(held.id)", "cause": "\(error)", "again": "\(!isLasting)"])
        try await store.write { rows in
            guard var document = try rows.document(id: held.id), document.takenUntil == held.takenUntil,
                document.task != .nothing
            else { return }
            document.failure = refusal.message
            if isLasting {
                document.status = .failed
                document.task = .nothing
            }
            document.updatedAt = now
            try rows.update(document)
            // Whoever lets go of it does not know this time, so that it is kept until then.
            if !isLasting { try rows.keepDocument(id: held.id, until: now.adding(seconds: Self.retrySeconds)) }
        }
    }
}
