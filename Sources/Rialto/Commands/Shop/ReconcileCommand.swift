import ArgumentParser
import Domain
import Wire

/// `rialto reconcile`: purchases of which nobody knows whether they came about.
struct ReconcileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reconcile", abstract: "List and resolve purchases of which nobody knows the effect.",
        discussion: "The server goes on looking them up by itself; resolve what it cannot find out.",
        subcommands: [List.self, Resolve.self])

    struct List: HouseCommand {
        static let configuration = CommandConfiguration(abstract: "List such purchases, the oldest first.")

        @Option(help: "Only those of this account.") var account: String?
        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func run(in house: House) async throws -> Report {
            let own = try await house.account(ifNamed: account)
            let names = try await house.accountNames()
            return Report(
                try await house.shop().reconciling(of: own).map { Shown.doubtful($0, names) },
                columns: ["id", "account", "item", "total", "provider", "attempts", "status_reason", "created_at"],
                none: "Nothing is in doubt.")
        }
    }

    struct Resolve: HouseCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say what became of a purchase: it is there and is paid, or it is not and is not paid.")

        @Argument(help: "Its id, as listed.") var purchase: String
        @Option(help: .init("It is there: the provider's name for it.", valueName: "ref")) var found: String?
        @Flag(help: "It is not there, and will not appear.") var absent = false
        @Option(help: "How you found out; it is kept.") var reason: String
        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            guard (found != nil) != absent else {
                throw ValidationError("Either --found REF or --absent is needed, and not both.")
            }
        }

        func run(in house: House) async throws -> Report {
            let id = try ID(purchase, of: "purchase", from: "reconcile list")
            let purchase = try await house.record(Purchase.self, id)
            if found?.isEmpty == true { throw Refusal.invalid("found", "A reference is not empty.") }
            let resource = found.map { ResourceRef(provisioner: purchase.quote.item.provisioner, id: $0) }
            let resolved = try await house.shop().resolve(
                purchase: id, found: resource, why: reason, by: house.owner(of: purchase.account))
            return Report(Shown.purchase(resolved, try await house.accountNames()))
        }
    }
}
