import ArgumentParser
import Domain
import Wire

/// `rialto account`: whose it all is.
struct AccountCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "account", abstract: "Add and list accounts.", subcommands: [Add.self, List.self])

    struct Add: HouseCommand {
        static let configuration = CommandConfiguration(abstract: "Add an account.")

        @Argument(help: "1 to 64 visible ASCII characters.") var name: String
        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func run(in house: House) async throws -> Report {
            Report(Shown.account(try await house.accounts.add(name: name)))
        }
    }

    struct List: HouseCommand {
        static let configuration = CommandConfiguration(abstract: "List the accounts.")

        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func run(in house: House) async throws -> Report {
            let accounts = try await house.accounts.list()
            return Report(
                accounts.map(Shown.account), columns: ["name", "id", "created_at"], none: "There are no accounts.")
        }
    }
}
