import ArgumentParser
import Domain
import Foundation
import Logging
import Upstreams
import Wire

extension Splitting.Strategy: ExpressibleByArgument {}

extension KnowledgeCommand {
    /// `rialto knowledge add`: a source, or more files of one.
    struct Add: HouseCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add files to a knowledge source, which is made if there is none of the slug.",
            discussion: "Waits until they are indexed. A file that has not changed costs nothing; one that has takes "
                + "the place of the one of its name.")

        @Argument(help: "a-z, 0-9, _ and -, at most 64.") var slug: String
        @Argument(help: "Files, and folders with all they hold.") var files: [String] = []
        @Option(help: "What people call a new source; the slug, if nothing is said.") var name: String?
        @Option(help: "What is in a new source.") var description = ""
        @Option(help: "What a new source is for: api, snippet or custom.") var type = Source.Kind.custom
        @Option(help: "How files are cut into passages.") var split = Splitting.Strategy.syntactic
        @Option(help: "Lines, tokens or characters of a passage.") var quantity: Int?
        @Option(help: "How much of the passage before each repeats.") var overlap: Int?
        @Flag(help: "Index files anew, even if they have not changed.") var again = false
        @OptionGroup var owner: KnowledgeOwner
        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func run(in house: House) async throws -> Report {
            let viewer = try await owner.viewer(in: house)
            let splitting = try Splitting(split, quantity: quantity, overlap: overlap)
            let found = try KnowledgeFiles.find(files)
            let knowledge = house.knowledge
            try await makeSource(knowledge, viewer)
            var added: [KnowledgeIntake.Added] = []
            let intake = KnowledgeIntake(
                knowledge: knowledge, slug: slug, splitting: splitting, viewer: viewer,
                limit: house.limits.documentBytes, isForced: again)
            for file in found { added.append(await intake.take(file)) }
            try await index(added, in: house, knowledge)
            return try await report(added, knowledge, viewer)
        }

        private func makeSource(_ knowledge: Knowledge, _ viewer: Knowledge.Viewer) async throws {
            if try await knowledge.list(for: viewer).contains(where: { $0.slug == slug }) { return }
            var draft = Knowledge.Draft(slug: slug, name: name ?? slug)
            draft.about = description
            draft.kind = type
            do {
                _ = try await knowledge.add(draft, by: viewer)
            } catch let refusal as Refusal where refusal.reason == .conflict {
                // Somebody else has just made it.
            }
        }

        /// Beside the servers there may be, which take files of it as well.
        private func index(
            _ added: [KnowledgeIntake.Added], in house: House, _ knowledge: Knowledge
        ) async throws {
            // One that has not changed may still be under way.
            let waiting = added.compactMap(\.id)
            guard !waiting.isEmpty else { return }
            let pool = house.pool()
            // What it would log stands in the report.
            let indexer = house.indexer(
                try house.embedder(pool), bell: knowledge.bell,
                logger: Logger(label: "knowledge", factory: { _ in SwiftLogNoOpLogHandler() }))
            let work = Task { await indexer.work() }
            defer { work.cancel() }
            for document in waiting { try await wait(for: document, house, knowledge) }
            await pool.shutdown()
        }

        private func wait(for id: ID, _ house: House, _ knowledge: Knowledge) async throws {
            var told = ""
            while true {
                let document = try await house.store.read { try $0.document(id: id) }
                guard let document, document.task != .nothing else {
                    if let document, document.status == .indexed { try await knowledge.removeOlder(than: document) }
                    return
                }
                let line = Self.progress(document)
                if line != told { Console.err(line) }
                told = line
                try await house.world.sleep(.milliseconds(100))
            }
        }

        private static func progress(_ document: Document) -> String {
            let count = document.passages > 0 ? " \(document.indexed)/\(document.passages)" : ""
            let trouble = document.failure.map { ": \($0) Trying again." } ?? ""
            return "\(document.name): \(document.task.rawValue)\(count)\(trouble)"
        }

        private func report(
            _ added: [KnowledgeIntake.Added], _ knowledge: Knowledge, _ viewer: Knowledge.Viewer
        ) async throws -> Report {
            let documents = try await knowledge.documents(of: slug, for: viewer)
            var isFailure = false
            let rows = added.map { entry -> JSON.Object in
                let document = documents.first { $0.id == entry.id }
                isFailure = isFailure || document?.status != .indexed
                var shown = document.map { Shown.document($0) } ?? entry.refused
                shown["unchanged"] = .bool(entry.isUnchanged)
                return shown
            }
            var report = Report(rows, columns: Shown.documentColumns + ["unchanged"], none: "No files were added.")
            report.isFailure = isFailure
            return report
        }
    }
}

/// Files on their way into a source.
struct KnowledgeIntake {
    /// What became of a file.
    struct Added {
        var name: String
        /// Nil for one that was refused.
        var id: ID?
        var isUnchanged = false
        var refusal: Refusal?

        var refused: JSON.Object {
            [
                "name": .string(name), "status": "refused", "passages": 0, "progress": 0.0,
                "error": .string(refusal?.message ?? "It was removed meanwhile."),
            ]
        }
    }

    let knowledge: Knowledge
    let slug: String
    let splitting: Splitting
    let viewer: Knowledge.Viewer
    let limit: Int
    let isForced: Bool

    /// One file that cannot be taken does not keep the others out.
    func take(_ file: KnowledgeFiles.Found) async -> Added {
        do {
            let taken = try await added(file)
            return Added(name: file.name, id: taken.document.id, isUnchanged: taken.isUnchanged)
        } catch {
            let refusal = error as? Refusal ?? Refusal(.unavailable, "\(error)")
            return Added(name: file.name, refusal: refusal)
        }
    }

    private func added(_ file: KnowledgeFiles.Found) async throws -> (document: Document, isUnchanged: Bool) {
        guard let bytes = try? Data(contentsOf: file.url) else {
            throw Refusal.invalid("files", "The file \(file.name) cannot be read.")
        }
        guard bytes.count <= limit else {
            throw Refusal(.tooLarge, "The file \(file.name) has more than \(limit) bytes.", field: "files")
        }
        let upload = try await knowledge.upload(named: file.name, mediaType: "", for: viewer)
        do {
            try await upload.append(bytes)
            return try await knowledge.take(
                upload, into: slug, by: splitting, indexes: true, isForced: isForced, for: viewer)
        } catch {
            await upload.abandon()
            throw error
        }
    }
}

/// The files that a command names, those in folders too.
enum KnowledgeFiles {
    /// A file, by the name it is to have.
    struct Found {
        var url: URL
        var name: String
    }

    /// In the order in which they are named, those of a folder by their paths; without hidden ones.
    static func find(_ paths: [String]) throws(Refusal) -> [Found] {
        var found: [Found] = []
        for path in paths {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
                throw .invalid("files", "There is no file \(path).")
            }
            let url = URL(fileURLWithPath: path)
            found += isFolder.boolValue ? inFolder(url) : [Found(url: url, name: url.lastPathComponent)]
        }
        return found
    }

    private static func inFolder(_ folder: URL) -> [Found] {
        let names = (try? FileManager.default.subpathsOfDirectory(atPath: folder.path)) ?? []
        return names.sorted().compactMap { name in
            let url = folder.appendingPathComponent(name)
            var isFolder: ObjCBool = false
            let isThere = FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
            let isHidden = name.split(separator: "/").contains { $0.hasPrefix(".") }
            return isThere && !isFolder.boolValue && !isHidden ? Found(url: url, name: name) : nil
        }
    }
}
