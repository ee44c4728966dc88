import ArgumentParser
import Domain
import Wire

/// `rialto pat`: personal access tokens, for StackSpot's API.
struct PATCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pat", abstract: "Add personal access tokens, for StackSpot's API.",
        discussion: "They are listed and removed as clients: `rialto client list`, `rialto client remove`.",
        subcommands: [Add.self])

    struct Add: HouseCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a token of a person; its key is shown this once, and the token they had ends.")

        @Option(help: "Where it gets its access tokens; belongs to one account.") var realm: String
        @Option(help: "Whose token it is.") var user: String
        @Option(help: "Whose the realm is.") var account = Account.mainName
        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func run(in house: House) async throws -> Report {
            let made = try await house.clients.addPersonal(realm: realm, user: user, account: account)
            return Report([
                "client_id": .string(made.clientID), "client_key": .string(made.secret), "realm": .string(realm),
            ])
        }
    }
}
