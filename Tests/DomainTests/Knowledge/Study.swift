import Domain
import Logging
import Synchronization
import TestKit

/// A house with books in it: who brings them, who reads them, and who looks things up.
struct Study: Sendable {
    let scene: Scene
    let limits: Limits
    let files: Files
    let knowledge: Knowledge
    let reader = Paragraphs()
    let compass = Compass()
    /// Ana, a colleague of hers, and Boris of another account.
    let ana: Knowledge.Viewer
    let carla: Knowledge.Viewer
    let boris: Knowledge.Viewer
    let operatorOfMain: Knowledge.Viewer

    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    init(_ change: (inout Limits) -> Void = { _ in }) async throws {
        var limits = Limits()
        change(&limits)
        self.limits = limits
        scene = try await Scene(fallback: [.init(upstream: "scripted", model: "second")], change)
        files = Files(store: scene.gate, world: scene.clock.world, limits: limits)
        knowledge = Knowledge(store: scene.gate, world: scene.clock.world, limits: limits, files: files)
        ana = Knowledge.Viewer(scene.ana)
        carla = Knowledge.Viewer(account: scene.ana.account, principal: "user:main/carla")
        boris = Knowledge.Viewer(scene.boris)
        operatorOfMain = Knowledge.Viewer(account: scene.ana.account, principal: nil)
    }

    func indexer(
        on store: (any Store)? = nil, by reader: (any DocumentReader)? = nil, _ embedder: (any Embedder)? = nil
    ) -> Indexer {
        Indexer(
            store: store ?? scene.gate, world: scene.clock.world, reader: reader ?? self.reader, embedder: embedder,
            bell: knowledge.bell, logger: Self.logger)
    }

    func library(_ embedder: (any Embedder)? = nil, vectorBytes: Int = 1 << 20) -> Library {
        Library(store: scene.gate, embedder: embedder, vectorBytes: vectorBytes, logger: Self.logger)
    }

    /// A server that looks questions up.
    func runs(_ library: Library) -> Runs {
        Runs(
            store: scene.gate, world: scene.clock.world, limits: limits, directory: scene.directory,
            maker: scene.upstream, library: library, logger: Self.logger)
    }

    @discardableResult
    func source(
        _ slug: String, _ visibility: Source.Visibility = .account, for viewer: Knowledge.Viewer? = nil
    ) async throws -> Source {
        var draft = Knowledge.Draft(slug: slug, name: "The \(slug)")
        draft.visibility = visibility
        return try await knowledge.add(draft, by: viewer ?? ana).source
    }

    /// Somebody brings a file.
    @discardableResult
    func bring(
        _ text: String, named name: String = "book.txt", into slug: String, by splitting: Splitting = .usual,
        indexes: Bool? = true, for viewer: Knowledge.Viewer? = nil
    ) async throws -> (document: Document, isUnchanged: Bool) {
        let upload = try await knowledge.upload(named: name, mediaType: "", for: viewer ?? ana)
        try await upload.append(Array(text.utf8))
        return try await knowledge.take(upload, into: slug, by: splitting, indexes: indexes, for: viewer ?? ana)
    }

    /// Everything that is to be done is done.
    func work(_ embedder: (any Embedder)? = nil) async throws {
        let indexer = indexer(embedder)
        while try await indexer.workOnce() {}
    }

    func document(_ id: ID) async throws -> Document? {
        try await scene.gate.read { try $0.document(id: id) }
    }

    /// A document's passages as they are kept.
    func passages(of id: ID) async throws -> [Passage] {
        try await scene.gate.read { try $0.passages(of: id, from: 0, limit: .max) }
    }

    /// The passages of a source that have a vector, each as often as it has one.
    func vectors(of source: Source) async throws -> [Int64] {
        let model = compass.model
        return try await scene.gate.read { rows in
            try rows.vectors(of: source.id, by: model, after: 0, limit: .max).map(\.passage)
        }
    }

    /// What a question finds, by words alone unless there is somebody who knows meanings.
    func found(
        _ question: String, in slugs: [String], by embedder: (any Embedder)? = nil, for viewer: Knowledge.Viewer? = nil
    ) async throws -> [String] {
        let sources = try await knowledge.list(for: viewer ?? ana).filter { slugs.contains($0.slug) }
        return try await library(embedder).find(question, in: sources, limit: 99).map(\.passage.text)
    }

    /// So many paragraphs, each with a word of its own.
    static func paragraphs(_ count: Int, about word: String = "tide") -> String {
        (0..<count).map { "\(word) number\($0)" }.joined(separator: "\n\n")
    }
}

/// A reader that cuts at blank lines; a first line that begins with # is a heading.
final class Paragraphs: DocumentReader {
    /// What nobody has thought of.
    struct Surprise: Error {}

    private let heard = Mutex<[String]>([])
    private let trouble = Mutex<(any Error)?>(nil)
    let barrier = Barrier()

    /// The names of what it was given, in order.
    var names: [String] { heard.withLock { $0 } }

    func fail(with error: (any Error)?) { trouble.withLock { $0 = error } }

    func cuttings(
        of bytes: [UInt8], named filename: String, mediaType: String, by splitting: Splitting
    ) async throws -> [Cutting] {
        heard.withLock { $0.append(filename) }
        await barrier.pass()
        if let error = trouble.withLock({ $0 }) { throw error }
        var line = 1
        // Two words a line where lines are asked for: enough to tell one splitting from another.
        let mark = splitting.strategy == .lines ? "\n" : "\n\n"
        return String(decoding: bytes, as: UTF8.self).pieces(cutAt: mark).map { piece in
            defer { line += piece.count { $0 == "\n" } + mark.count }
            guard piece.hasPrefix("# "), let end = piece.firstIndex(of: "\n") else {
                return Cutting(heading: "", text: piece, line: line)
            }
            return Cutting(
                heading: String(piece[..<end].dropFirst(2)), text: String(piece[end...].dropFirst()), line: line)
        }
    }
}

extension String {
    fileprivate func pieces(cutAt mark: String) -> [String] {
        split(separator: mark, omittingEmptySubsequences: true).map(String.init)
    }
}
