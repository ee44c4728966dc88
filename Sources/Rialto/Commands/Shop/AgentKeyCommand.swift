import ArgumentParser
import Domain
import Wire

/// `rialto agent-key`: the keys with which agents buy.
struct AgentKeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agent-key", abstract: "Add, list, rotate and revoke keys with which agents buy.",
        subcommands: [Add.self, List.self, Rotate.self, Revoke.self])

    struct Add: HouseCommand {
        static let configuration = CommandConfiguration(abstract: "Add a key; it is shown this once.")

        @Option(help: "Who pays.") var account: String
        @Option(help: .init("What you call the agent; policies may name it.", valueName: "label")) var agent: String
        @Option(
            name: .customLong("scope"),
            help: "What it is good for, such as catalog:read; may stand several times, none means the usual.")
        var scopes: [String] = []
        @Flag(help: "Buys only what is simulated, with play money.") var test = false
        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func run(in house: House) async throws -> Report {
            let made = try await house.agentKeys.add(account: account, agent: agent, scopes: scopes, isTest: test)
            return Report(Shown.credentials(made))
        }
    }

    struct List: HouseCommand {
        static let configuration = CommandConfiguration(abstract: "List the keys, those that were revoked too.")

        @Option(help: "Only those of this account.") var account: String?
        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func run(in house: House) async throws -> Report {
            let own = try await house.account(ifNamed: account)
            let names = try await house.accountNames()
            return Report(
                try await house.agentKeys.list(of: own).map { Shown.agentKey($0, names) },
                columns: ["id", "account", "agent", "test", "state", "last_used_at", "scopes"],
                none: "There are no agent keys.")
        }
    }

    struct Rotate: HouseCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give a key other letters, shown this once; the old ones are honoured for some hours.")

        @Argument(help: "Its id, as listed.") var id: String
        @Option(help: .init("For how many hours, 0 to 720.", valueName: "n")) var overlapHours = 24
        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func run(in house: House) async throws -> Report {
            Report(Shown.credentials(try await house.agentKeys.rotate(id: id, overlapHours: overlapHours)))
        }
    }

    struct Revoke: HouseCommand {
        static let configuration = CommandConfiguration(abstract: "End a key for good.")

        @Argument(help: "Its id, as listed.") var id: String
        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func run(in house: House) async throws -> Report {
            try await house.agentKeys.revoke(id: id)
            return Report(revoked: id)
        }
    }
}

extension House {
    /// The id of an account that was named; nil where none was.
    func account(ifNamed name: String?) async throws -> ID? {
        guard let name else { return nil }
        return try await account(named: name).id
    }
}

extension Report {
    init(revoked id: String) {
        self.init(json: ["revoked": .string(id)], text: "Revoked \(id).")
    }
}
