import ArgumentParser
import Domain
import Ledger
import Wire

/// `rialto account`: whose it all is, and what they have to spend.
struct AccountCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "account", abstract: "Add, list, fund and freeze accounts.",
        subcommands: [Add.self, List.self, Fund.self, Freeze.self, Unfreeze.self])

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
        static let configuration = CommandConfiguration(
            abstract: "List the accounts with what is in their wallets, in US dollars.")

        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func run(in house: House) async throws -> Report {
            let shop = house.shop()
            var rows: [JSON.Object] = []
            for account in try await house.accounts.list() {
                let wallet = try await shop.wallet(for: house.owner(of: account.id))
                let play = try await shop.wallet(for: house.owner(of: account.id, isTest: true))
                rows.append(Shown.account(account, wallet, play: play))
            }
            return Report(
                rows, columns: ["name", "id", "balance", "held", "frozen", "created_at"],
                none: "There are no accounts.")
        }
    }

    struct Fund: HouseCommand {
        static let configuration = CommandConfiguration(abstract: "Put money into an account's wallet.")

        @Argument(help: "Whose wallet.") var name: String
        @Argument(
            help: .init("How much, in US dollars with two places at most, such as 25.50.", valueName: "amount-usd"))
        var amount: String
        @Option(help: "Why; it is kept.") var reason: String
        @Flag(help: "Play money, for test keys.") var test = false
        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func run(in house: House) async throws -> Report {
            guard let money = Money(dollars: amount) else {
                throw Refusal.invalid(
                    "amount", "“\(amount)” is no amount: it is dollars with two places at most, such as 25.50.")
            }
            let owner = try await house.owner(of: name, isTest: test)
            let funded = try await house.shop().fund(money, why: reason, isTest: test, by: owner)
            return Report(Shown.wallet(funded.wallet, of: name))
        }
    }

    struct Freeze: HouseCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let an account buy nothing more; what is under way goes on.")

        @Argument(help: "Which account.") var name: String
        @Option(help: "Why; it is kept.") var reason: String?
        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func run(in house: House) async throws -> Report {
            try await house.setFrozen(name, to: true, why: reason)
        }
    }

    struct Unfreeze: HouseCommand {
        static let configuration = CommandConfiguration(abstract: "Let an account buy again.")

        @Argument(help: "Which account.") var name: String
        @Option(help: "Why; it is kept.") var reason: String?
        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func run(in house: House) async throws -> Report {
            try await house.setFrozen(name, to: false, why: reason)
        }
    }
}

extension House {
    fileprivate func setFrozen(_ name: String, to isFrozen: Bool, why: String?) async throws -> Report {
        try await shop().setFrozen(to: isFrozen, why: why, by: owner(of: name))
        return Report(
            json: ["account": .string(name), "frozen": .bool(isFrozen)],
            text: isFrozen ? "\(name) is frozen: it buys nothing more." : "\(name) may buy again.")
    }
}
