import ArgumentParser
import Domain
import Wire

extension APIKey.Framing: ExpressibleByArgument {}

/// `rialto key`: API keys of programs that ask without tokens.
struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Add, list, rotate and remove API keys, for the rooms API.",
        subcommands: [Add.self, List.self, Rotate.self, Remove.self])

    struct Add: HouseCommand {
        static let configuration = CommandConfiguration(abstract: "Add a key; it is shown this once.")

        @Option(name: .customLong("agent"), help: "An agent it may use; may stand several times.")
        var agents: [String] = []
        @Option(help: "Whose it is.") var account = Account.mainName
        @Option(help: "What people call it.") var label = ""
        @Option(help: "How its streams are written; raw: bare JSON values, for clients that expect no events.")
        var framing = APIKey.Framing.sse
        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func run(in house: House) async throws -> Report {
            let made = try await house.keys.add(account: account, agents: agents, label: label, framing: framing)
            return Report(Shown.credentials(made))
        }
    }

    struct List: HouseCommand {
        static let configuration = CommandConfiguration(abstract: "List the keys.")

        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func run(in house: House) async throws -> Report {
            let names = try await house.accountNames()
            return Report(
                try await house.keys.list().map { Shown.key($0, names) },
                columns: ["id", "label", "account", "agents", "framing"], none: "There are no keys.")
        }
    }

    struct Rotate: HouseCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give a key new letters and a new webhook secret, shown this once; the old ones end at once.")

        @Argument(help: "Its id, as listed.") var id: String
        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func run(in house: House) async throws -> Report {
            Report(Shown.credentials(try await house.keys.rotate(id: id)))
        }
    }

    struct Remove: HouseCommand {
        static let configuration = CommandConfiguration(abstract: "Remove a key; it ends at once.")

        @Argument(help: "Its id, as listed.") var id: String
        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func run(in house: House) async throws -> Report {
            try await house.keys.remove(id: id)
            return Report(removed: id)
        }
    }
}
