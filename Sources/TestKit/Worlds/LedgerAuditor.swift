/// What books must say: worked out anew each time, from nothing but a list of slips. Shares no code with the ledger.
package struct LedgerAuditor: Sendable {
    /// What has gone out of an account and into it, and what is held on either side.
    package struct Totals: Equatable, Sendable {
        package var held: Int128 = 0
        package var out: Int128 = 0
        package var coming: Int128 = 0
        package var into: Int128 = 0

        package var free: Int128 { into - out - held }
    }

    package let chart: [ChartLine]
    package private(set) var journal: [Slip] = []

    package init(chart: [ChartLine]) {
        self.chart = chart
    }

    /// What must be answered to a group; it is written down if all of it stands.
    package mutating func answer(_ group: [Slip]) -> [String] {
        var draft = journal
        var answers: [String] = []
        for slip in group {
            let answer = complaint(about: slip, after: draft) ?? "posted"
            if answer == "posted" { draft.append(slip) }
            guard ["posted", "alreadyThere"].contains(answer) else {
                return group.indices.map { $0 == answers.count ? answer : "linkedRefused" }
            }
            answers.append(answer)
        }
        journal = draft
        return answers
    }

    package func totals(of account: Int) -> Totals { Self.totals(of: account, in: journal) }

    /// Of every account, in one reading.
    package func allTotals() -> [Totals] { chart.indices.map { totals(of: $0) } }

    /// Everything that is wrong with a slip, in the order in which it is said; the first counts.
    private func complaint(about slip: Slip, after journal: [Slip]) -> String? {
        let twin = journal.first { $0.number == slip.number }
        let isEnd = slip.act.ended != nil
        let hold = journal.first { $0.number == slip.act.ended }
        let end = isEnd ? journal.first { $0.act.ended == slip.act.ended } : nil
        let from = chart[slip.from], to = chart[slip.to]
        func endedBy(_ act: (Int) -> Slip.Act) -> Bool { end.map { $0.act == act($0.act.ended ?? 0) } ?? false }
        func differs(_ hold: Slip) -> Bool {
            let isPost = slip.act == .post(hold.number)
            return hold.from != slip.from || hold.to != slip.to || (!isPost && hold.amount != slip.amount)
        }
        if twin == slip { return "alreadyThere" }
        if twin != nil { return "idTaken" }
        let complaints: [(String, Bool)] = [
            ("amountNotPositive", slip.amount < 1),
            ("accountsEqual", slip.from == slip.to),
            ("unitsDiffer", from.unit != to.unit),
            ("pendingNotFound", isEnd && hold == nil),
            ("notPending", isEnd && hold?.act != .hold),
            ("pendingDiffers", hold.map(differs) ?? false),
            ("alreadyPosted", endedBy(Slip.Act.post)),
            ("alreadyVoided", endedBy(Slip.Act.void)),
            ("alreadyExpired", endedBy(Slip.Act.expire)),
            ("exceedsPending", hold.map { slip.amount > $0.amount } ?? false),
        ]
        if let complaint = complaints.first(where: \.1) { return complaint.0 }
        return isEnd ? nil : shortage(slip, after: journal)
    }

    private func shortage(_ slip: Slip, after journal: [Slip]) -> String? {
        if chart[slip.from].isKept, Self.totals(of: slip.from, in: journal).free < Int128(slip.amount) {
            return "exceedsCredits"
        }
        guard chart[slip.to].isKept else { return nil }
        let there = Self.totals(of: slip.to, in: journal)
        return there.into + there.coming + Int128(slip.amount) > Int128(Int64.max) ? "overflow" : nil
    }

    private static func totals(of account: Int, in journal: [Slip]) -> Totals {
        var ended: Set<Int> = []
        for slip in journal { if let number = slip.act.ended { ended.insert(number) } }
        var totals = Totals()
        for slip in journal where slip.from == account || slip.to == account {
            let amount = Int128(slip.amount)
            switch slip.act {
            case .move, .post:
                if slip.from == account { totals.out += amount } else { totals.into += amount }
            case .hold where !ended.contains(slip.number):
                if slip.from == account { totals.held += amount } else { totals.coming += amount }
            case .hold, .void, .expire: break
            }
        }
        return totals
    }
}
