import ArgumentParser
import Domain
import Foundation
import Wire

/// `rialto agent`: who answers.
struct AgentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agent", abstract: "Add, change, list, show and remove agents.",
        subcommands: [Add.self, Set.self, List.self, Show.self, Remove.self])

    struct Add: HouseCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add an agent.", discussion: "Without --upstream it is answered by the built-in guide.")

        @Argument(help: "a-z, 0-9, _ and -, at most 64.") var code: String
        @Option(help: "Whose it is.") var account = Account.mainName
        @OptionGroup var settings: AgentOptions
        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func run(in house: House) async throws -> Report {
            let agent = try await house.agents.add(code: code, account: account, settings.changes())
            return Report(Shown.agent(agent, try await house.accountNames()))
        }
    }

    struct Set: HouseCommand {
        static let configuration = CommandConfiguration(
            abstract: "Change an agent; what is not named stays as it is.")

        @Argument var code: String
        @Option(help: "An agent does not change hands: its own account, or nothing.") var account: String?
        @OptionGroup var settings: AgentOptions
        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func run(in house: House) async throws -> Report {
            let names = try await house.accountNames()
            let owner = try await house.agents.show(code: code).account
            if let account, account != names[owner] {
                throw Refusal(
                    .conflict, "The agent “\(code)” belongs to another account and stays there.", field: "account")
            }
            let agent = try await house.agents.set(code: code, settings.changes())
            return Report(Shown.agent(agent, names))
        }
    }

    struct List: HouseCommand {
        static let configuration = CommandConfiguration(abstract: "List the agents.")

        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func run(in house: House) async throws -> Report {
            let names = try await house.accountNames()
            return Report(
                try await house.agents.list().map { Shown.agent($0, names) },
                columns: ["code", "account", "name", "upstream", "model", "on_disconnect"],
                none: "There are no agents.")
        }
    }

    struct Show: HouseCommand {
        static let configuration = CommandConfiguration(abstract: "Show an agent.")

        @Argument var code: String
        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func run(in house: House) async throws -> Report {
            Report(Shown.agent(try await house.agents.show(code: code), try await house.accountNames()))
        }
    }

    struct Remove: HouseCommand {
        static let configuration = CommandConfiguration(abstract: "Remove an agent; its runs are kept.")

        @Argument var code: String
        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func run(in house: House) async throws -> Report {
            try await house.agents.remove(code: code)
            return Report(removed: code)
        }
    }
}
