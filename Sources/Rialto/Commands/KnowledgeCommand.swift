import ArgumentParser
import Domain
import Foundation
import Wire

extension Source.Kind: ExpressibleByArgument {}
extension Source.Visibility: ExpressibleByArgument {}

/// `rialto knowledge`: documents that agents answer from.
struct KnowledgeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "knowledge", abstract: "Add, list, show, search and remove knowledge sources.",
        discussion: "An agent answers from those that `rialto agent set CODE --knowledge SLUG` names.",
        subcommands: [Add.self, List.self, Show.self, Remove.self, Search.self])

    struct List: HouseCommand {
        static let configuration = CommandConfiguration(abstract: "List the knowledge sources of an account.")

        @OptionGroup var owner: KnowledgeOwner
        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func run(in house: House) async throws -> Report {
            let sources = try await house.knowledge.list(for: owner.viewer(in: house))
            return Report(
                sources.map { Shown.source($0) }, columns: ["slug", "name", "type", "visibility", "created_at"],
                none: "There are no knowledge sources.")
        }
    }

    struct Show: HouseCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a knowledge source with its files, and how far they have been indexed.")

        @Argument var slug: String
        @OptionGroup var owner: KnowledgeOwner
        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func run(in house: House) async throws -> Report {
            let viewer = try await owner.viewer(in: house)
            let source = try await house.knowledge.source(slug, for: viewer)
            let documents = try await house.knowledge.documents(of: slug, for: viewer)
            var shown = Shown.source(source)
            shown["files"] = .array(documents.map { .object(Shown.document($0)) })
            let table = Report(
                documents.map { Shown.document($0) }, columns: Shown.documentColumns, none: "It has no files.")
            return Report(json: .object(shown), text: Report(Shown.source(source)).text + "\n\n" + table.text)
        }
    }

    struct Remove: HouseCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a knowledge source with everything in it, or one file of it.")

        @Argument var slug: String
        @Option(help: "Only the file of this name.") var file: String?
        @OptionGroup var owner: KnowledgeOwner
        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func run(in house: House) async throws -> Report {
            let viewer = try await owner.viewer(in: house)
            guard let file else {
                try await house.knowledge.remove(slug, for: viewer)
                return Report(removed: slug)
            }
            let named = try await house.knowledge.documents(of: slug, for: viewer).filter { $0.name == file }
            guard !named.isEmpty else {
                throw Refusal(.notFound, "The knowledge source “\(slug)” has no file “\(file)”.", field: "file")
            }
            for document in named { try await house.knowledge.remove(document) }
            return Report(removed: file)
        }
    }
}

/// Whose knowledge sources a command is about.
struct KnowledgeOwner: ParsableArguments {
    @Option(help: "Whose they are.") var account = Account.mainName

    /// The operator sees all of an account.
    func viewer(in house: House) async throws -> Knowledge.Viewer {
        Knowledge.Viewer(account: try await house.account(named: account).id, principal: nil)
    }
}
