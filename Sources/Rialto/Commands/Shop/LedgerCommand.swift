import ArgumentParser
import Domain
import Foundation
import Ledger
import Logging
import Wire

/// `rialto ledger`: the books.
struct LedgerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger", abstract: "Show, export and verify the books of accounts.",
        subcommands: [Show.self, Export.self, Verify.self])

    struct Show: HouseCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the balances and the newest transfers of an account.")

        @Argument(help: "Whose books.") var account: String
        @OptionGroup var length: ListOptions
        @Flag(help: "Show what budgets and refunds are counted by, too.") var all = false
        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func run(in house: House) async throws -> Report {
            let own = try await house.account(named: account)
            return Report(try await house.books(of: own, limit: length.limit, isWhole: all))
        }
    }

    struct Export: HouseCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write the books into a file, also while a server runs.",
            discussion: "Each line is a transfer or a balance, in JSON; `rialto ledger verify FILE` goes over them.")

        @Argument(help: "The file to make; - writes to standard output.") var file: String
        @Option(help: "Only the books of this account.") var account: String?
        @Flag(help: "Overwrite the file if it is there.") var force = false
        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func run(in house: House) async throws -> Report {
            let own = try await house.account(ifNamed: account)
            let export = try BookExport(to: file, overwrites: force, beside: house.place.data)
            do {
                try await house.shop().export(account: own) { try export.write($0) }
                return try export.finish()
            } catch {
                export.abandon()
                throw error
            }
        }
    }

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Derive every balance and every chain of the books again, and say what does not agree.",
            discussion: "Of an exported file where one is named, which needs no store; else of the store.")

        @Argument(help: "An exported file; - reads standard input.") var file: String?
        @Option(help: "Only the books of this account.") var account: String?
        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            guard file == nil || account == nil else {
                throw ValidationError("--account is for the books of the store: a file is verified whole.")
            }
        }

        func run() async throws {
            let report = Report(try await audit())
            Console.out(output.json ? report.json.render() : report.text)
            if report.isFailure { throw ExitCode.failure }
        }

        private func audit() async throws -> Audit {
            if let file { return try BookReading.audit(file) }
            let site = try place.site()
            let house = try await House.open(site, logger: Logs.logger(.init(level: .warning)))
            return try await house.shop().verify(account: house.account(ifNamed: account))
        }
    }
}

extension House {
    /// The newest transfers of an account, oldest last, with the balances.
    fileprivate func books(of account: Account, limit: Int, isWhole: Bool) async throws -> ShownBooks {
        let isShown: @Sendable (AccountName) -> Bool = { isWhole || [.money, .testMoney].contains($0.unit) }
        return try await store.read { rows in
            let head = try rows.bookHead(of: account.id)
            var books = ShownBooks(account: account, head: head)
            books.balances = try rows.balances(account: account.id).filter { isShown($0.name) }
                .map { ($0.name, $0.balance) }
            var end = head.sequence
            while books.entries.count < limit, end > 0 {
                let start = max(end - 500, 0)
                let page = try rows.entries(of: account.id, after: start, limit: Int(end - start))
                books.entries += page.reversed().filter { isShown($0.transfer.debit) }
                end = start
            }
            books.entries = Array(books.entries.prefix(limit))
            return books
        }
    }
}

/// A part of an account's books, to be shown.
struct ShownBooks: Sendable {
    let account: Account
    let head: BookHead
    var balances: [(name: AccountName, balance: Balance)] = []
    var entries: [BookEntry] = []
}
