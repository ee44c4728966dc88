import Ledger

/// One run of made-up commands against books, with an auditor who says what must come of each.
package struct LedgerWorld {
    private let seed: UInt64
    private let box: SlipBox
    private let tally: Tally
    private var auditor: LedgerAuditor
    private var clerk: Clerk

    package init(seed: UInt64, tally: Tally) {
        self.seed = seed
        self.tally = tally
        box = SlipBox(chart: Clerk.chart, world: seed)
        auditor = LedgerAuditor(chart: Clerk.chart)
        clerk = Clerk(dice: Dice(seed: seed))
    }

    /// - Throws: a discrepancy at the first thing that is not as it must be.
    package mutating func run(commands: Int, on books: some Bookkeeping) async throws {
        for step in 1...commands {
            let group = clerk.next { Int64(auditor.totals(of: $0).free) }
            let expected = auditor.answer(group)
            let answered = try await books.post(group.map(box.transfer)).map(\.rawValue)
            guard answered == expected else {
                throw Discrepancy(seed: seed, step: step, "\(group): \(answered), not \(expected)")
            }
            answered.forEach(tally.count)
            clerk.learn(group, stands: expected.allSatisfy { ["posted", "alreadyThere"].contains($0) })
            try await compare(Set(group.flatMap { [$0.from, $0.to] }), on: books, step)
        }
        try await close(books, commands)
    }

    /// Balances are what the slips say, nothing is owed, and what goes out comes in.
    private func compare(_ accounts: Set<Int>, on books: some Bookkeeping, _ step: Int) async throws {
        let kept = accounts.filter { box.chart[$0].isKept }.sorted()
        let stored = try await books.balances(of: kept.map(box.name))
        for (account, balance) in zip(kept, stored) {
            let totals = auditor.totals(of: account)
            guard totals == LedgerAuditor.Totals(balance), totals.free >= 0, Int128(balance.available) == totals.free
            else {
                throw Discrepancy(
                    seed: seed, step: step, "\(box.chart[account].name) has \(balance), not \(totals)")
            }
        }
    }

    /// The whole of it once more: every balance, both sides of every unit, the journal, and the journal played again.
    private func close(_ books: some Bookkeeping, _ step: Int) async throws {
        try await compare(Set(box.chart.indices), on: books, step)
        let all = auditor.allTotals()
        for unit in Set(box.chart.map(\.unit)) {
            let within = box.chart.indices.filter { box.chart[$0].unit == unit }.map { all[$0] }
            let posted = within.reduce(0) { $0 + $1.into - $1.out }
            let pending = within.reduce(0) { $0 + $1.coming - $1.held }
            guard posted == 0, pending == 0 else { throw Discrepancy(seed: seed, step: step, "unit \(unit)") }
        }
        let written = try await books.transfers()
        guard written == auditor.journal.map(box.transfer) else {
            throw Discrepancy(seed: seed, step: step, "the journal is another")
        }
        let again = PaperBook()
        for transfer in written where try Ledger.post([transfer], in: again) != [.posted] {
            throw Discrepancy(seed: seed, step: step, "\(transfer) is not posted again")
        }
        let names = box.chart.indices.filter { box.chart[$0].isKept }.map(box.name)
        guard try await books.balances(of: names) == names.map(again.balance) else {
            throw Discrepancy(seed: seed, step: step, "played again, balances are others")
        }
    }
}

extension LedgerAuditor.Totals {
    fileprivate init(_ balance: Balance) {
        self.init()
        held = Int128(balance.debitsPending)
        out = Int128(balance.debitsPosted)
        coming = Int128(balance.creditsPending)
        into = Int128(balance.creditsPosted)
    }
}
