import ArgumentParser
import Domain
import Wire

extension Client.Edition: ExpressibleByArgument {}

/// `rialto client`: the programs that may ask.
struct ClientCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "client", abstract: "Add, list, rotate and remove clients: the programs that may ask.",
        subcommands: [Add.self, List.self, Rotate.self, Remove.self])

    struct Add: HouseCommand {
        static let configuration = CommandConfiguration(abstract: "Add a client; its secret is shown this once.")

        @Argument(help: "1 to 128 visible ASCII characters without a colon.") var id: String
        @Option(help: "Which token endpoint it uses.") var edition: Client.Edition
        @Option(help: "Where it gets its tokens: for the edition stackspot, which needs one.") var realm: String?
        @Option(help: "Whose it is.") var account = Account.mainName
        @Option(name: .customLong("agent"), help: "An agent it may use; may stand several times, none means all.")
        var agents: [String] = []
        @Option(name: .customLong("scope"), help: "What its tokens are good for; may stand several times.")
        var scopes: [String] = []
        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func run(in house: House) async throws -> Report {
            let made = try await house.clients.add(
                id: id, edition: edition, realm: realm, account: account, agents: agents, scopes: scopes)
            return Report(Shown.credentials(made))
        }
    }

    struct List: HouseCommand {
        static let configuration = CommandConfiguration(abstract: "List the clients.")

        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func run(in house: House) async throws -> Report {
            let names = try await house.accountNames()
            return Report(
                try await house.clients.list().map { Shown.client($0, names) },
                columns: ["client_id", "edition", "realm", "account", "agents", "scopes"],
                none: "There are no clients.")
        }
    }

    struct Rotate: HouseCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give a client a new secret, shown this once; the old one ends at once.")

        @Argument var id: String
        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func run(in house: House) async throws -> Report {
            Report(Shown.credentials(try await house.clients.rotate(id: id)))
        }
    }

    struct Remove: HouseCommand {
        static let configuration = CommandConfiguration(abstract: "Remove a client; its tokens end with it.")

        @Argument var id: String
        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func run(in house: House) async throws -> Report {
            try await house.clients.remove(id: id)
            return Report(removed: id)
        }
    }
}
