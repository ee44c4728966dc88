import ArgumentParser
import Domain
import Wire

/// `rialto owner-key`: the keys with which programs act for an account's owner.
struct OwnerKeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "owner-key", abstract: "Add, list and revoke keys for the owner's side of the agent store.",
        discussion: "An owner key approves, funds and sets policies at /v1/account: give it to no agent.",
        subcommands: [Add.self, List.self, Revoke.self])

    struct Add: HouseCommand {
        static let configuration = CommandConfiguration(abstract: "Add a key; it is shown this once.")

        @Option(help: "Which account it rules.") var account: String
        @Option(help: "What you call it.") var label = "owner"
        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func run(in house: House) async throws -> Report {
            Report(Shown.credentials(try await house.ownerKeys.add(account: account, label: label)))
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
                try await house.ownerKeys.list(of: own).map { Shown.ownerKey($0, names) },
                columns: ["id", "account", "label", "state", "created_at"], none: "There are no owner keys.")
        }
    }

    struct Revoke: HouseCommand {
        static let configuration = CommandConfiguration(abstract: "End a key for good.")

        @Argument(help: "Its id, as listed.") var id: String
        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func run(in house: House) async throws -> Report {
            try await house.ownerKeys.revoke(id: id)
            return Report(revoked: id)
        }
    }
}
