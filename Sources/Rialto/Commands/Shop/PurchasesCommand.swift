import ArgumentParser
import Domain
import Wire

extension Purchase.Status: ExpressibleByArgument {}

/// `rialto purchases`: what was bought, and what became of it.
struct PurchasesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "purchases", abstract: "List and show purchases.", subcommands: [List.self, Show.self])

    struct List: HouseCommand {
        static let configuration = CommandConfiguration(abstract: "List the newest purchases.")

        @OptionGroup var length: ListOptions
        @Option(help: "Only those of this account.") var account: String?
        @Option(help: "Only those of this status.") var status: Purchase.Status?
        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func run(in house: House) async throws -> Report {
            var page = RecordPage(account: try await house.account(ifNamed: account))
            page.shelves = status.map { [$0.rawValue] }
            page.limit = length.limit
            let names = try await house.accountNames()
            let purchases = try await house.store.read { [page] rows in try rows.list(Purchase.self, page) }
            return Report(
                purchases.map { Shown.purchase($0, names) },
                columns: ["id", "account", "agent", "item", "total", "status", "created_at"],
                none: "There are no purchases.")
        }
    }

    struct Show: HouseCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a purchase, with what each rule said of it.")

        @Argument(help: "Its id, as listed.") var id: String
        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func run(in house: House) async throws -> Report {
            let id = try ID(id, of: "purchase", from: "purchases list")
            return Report(
                wholePurchase: try await house.record(Purchase.self, id), try await house.accountNames())
        }
    }
}
